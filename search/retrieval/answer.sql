-- A question's answer in one statement. Read from top to bottom: who asks, what is visible, which words, which
-- pages and passages, how they score, which results that makes, and the part of them that is shown.
-- Every row of a page that is read is one whose bit is set in `visible` (audience.py), statistics included.
--
-- Written for a planner without nested loops (statement.py switches them off): no statistics exist for the CTEs,
-- and one estimate of "1 row" that turns out as 8,000 costs seconds. What must use an index says `= any (array(…))`.
with
-- All visible pages, for what has to name them.
pages as materialized (
    select unnest(%(listed_pages)s::int[]) as page_id
    union all
    select page_id from search_indexedpage where not %(listed)s and get_bit(%(visible)s, page_id) <> 0
),
-- BM25's k1 (1 - b + b length / average length) is k1 (1 - b) + by_length * length, of pages and of passages.
statistics as materialized (
    select language, pages, %(k1)s * %(b)s / greatest(length / pages, 1) as by_length,
        %(k1)s * %(b)s / greatest(length / greatest(passages, 1), 1) as by_passage_length
    from unnest(%(languages)s::text[], %(language_pages)s::float8[], %(language_lengths)s::float8[],
        %(language_passages)s::float8[]) as x (language, pages, length, passages)
),
-- What the filters leave. Nothing reads it where nothing is filtered.
passing as materialized (
    select page_id, passage_count
    from search_indexedpage
    where get_bit(%(visible)s, page_id) <> 0
        and (%(kind)s::text is null or kind = %(kind)s)
        and facets @> %(facets)s::text[]
        and (%(only_language)s::text is null or language = %(only_language)s)
),

-- Words -> terms of the index -----------------------------------------------------------------------------------
-- A word of the question, once for each language of the texts; a compound without a translation is several there.
asked as materialized (
    select *
    from unnest(%(words)s::int[], %(word_places)s::int[], %(word_languages)s::text[], %(word_weights)s::float8[],
        %(word_grams)s::float8[]) as a (word, place, language, weight, grams)
),
-- Where each word is looked for (terms.py): the word, its translations (way 0), its own parts, which must all occur
-- (way > 0). choice > 0: only if it is a slip of that one.
given as materialized (
    select g.*, a.place
    from unnest(%(word)s::int[], %(way)s::int[], %(size)s::int[], %(term)s::text[], %(factor)s::float8[],
        %(choice)s::int[]) as g (word, way, size, term, factor, choice)
    join asked a on a.word = g.word
),
-- All terms of the pages of who sees few: most of what is proposed need not be looked for then.
seen as materialized (
    select distinct term from search_posting where %(sees_few)s and page_id = any (array(select page_id from pages))
),
-- Compounds with a word (leg 0), words with the same 4-grams (leg 1): forms of the vocabulary, which knows hidden pages
-- too, best first. A form counts where a page has it that this reader may see, a compound when its other part is a
-- word of such a page as well; only then is the list cut. Asked one by one, so that no more is read than is kept.
proposed as materialized (
    select l.leg, l.word, x.term, max(x.factor) as factor
    from unnest(%(list_leg)s::int[], %(list_word)s::int[], %(list_forms)s::text[], %(list_terms)s::text[],
        %(list_factors)s::text[], %(list_needs)s::text[])
        with ordinality as l (leg, word, forms, terms, factors, needs, list)
    cross join lateral (
        select f.term, f.factor
        from unnest(string_to_array(l.forms, ' '), string_to_array(l.terms, ' '),
            string_to_array(l.factors, ' ')::float8[], string_to_array(l.needs, ' ', ''))
            as f (form, term, factor, needs)
        where (not %(sees_few)s or f.term in (select term from seen))
        and (
            select true
            from search_posting p
            where p.term = f.term and f.form = any (p.forms) and get_bit(%(visible)s, p.page_id) <> 0
            limit 1
        )
        and (
            f.needs is null
            or (
                select true
                from search_posting p
                where p.term = f.needs and get_bit(%(visible)s, p.page_id) <> 0
                limit 1
            )
        )
        limit case l.leg when 0 then %(compound_words)s else %(gram_words)s end
    ) x
    group by l.list, l.leg, l.word, x.term
),
real as materialized (
    select term
    from (select distinct term from given where choice = 0) g
    where (
        select true
        from search_posting p
        where p.term = g.term and get_bit(%(visible)s, p.page_id) <> 0
        limit 1
    )
),
sound as materialized (
    select 0 as leg, word, way, size, term, factor, place
    from given
    where choice = 0 and way = 0 and term in (select term from real)
    union all
    select 0, g.word, g.way, g.size, g.term, g.factor, g.place
    from given g
    join (
        select word, way from given
        where choice = 0 and way > 0
        group by word, way having bool_and(term in (select term from real))
    ) w on w.word = g.word and w.way = g.way
    union all
    select p.leg, p.word, 0, 1, p.term, p.factor, a.place
    from proposed p
    join asked a on a.word = p.word
),
-- Only a word that nothing visible has, in no language (a doubtful translation aside), is read as a slip. A choice has
-- one form, or two where the slip is inside a compound; each must be visible.
slips as materialized (
    select *
    from unnest(%(slip_places)s::int[], %(slip_choices)s::int[], %(slip_tiers)s::int[], %(slip_sizes)s::int[],
        %(slip_parts)s::int[], %(slip_capitals)s::bool[], %(slip_forms)s::text[], %(slip_terms)s::text[])
        as s (place, choice, tier, size, part, capital, form, term)
    where place not in (select place from sound where leg = 0 and factor >= %(known_floor)s)
),
-- As most of the pages that this reader may see write it.
spelled as materialized (
    select s.place, s.choice, s.tier, s.size, s.part, s.capital, s.form,
        mode() within group (order by p.written[array_position(p.forms, s.form)] collate "C") as written
    from search_posting p
    join slips s on s.term = p.term and s.form = any (p.forms)
    where p.term = any (array(select term from slips)) and get_bit(%(visible)s, p.page_id) <> 0
    group by s.place, s.choice, s.tier, s.size, s.part, s.capital, s.form
),
-- The nearest; "gewinen" is "gewinnen" rather than "Gewinn": people keep the capital, and leave letters out.
meant as materialized (
    select distinct on (place) place, choice
    from (
        select place, choice, tier, bool_or(part = 1 and (left(written, 1) <> left(form, 1)) <> capital) as other_case
        from spelled
        group by place, choice, tier, size having count(*) = size
    ) c
    order by place, tier, other_case, choice
),
uses as materialized (
    select leg, word, way, size, term, factor from sound
    union all
    select 0, g.word, g.way, g.size, g.term, g.factor
    from given g
    join meant m on m.place = g.place and m.choice = g.choice
),
-- How many visible pages have a term, and what it can add to a page's score at most. The most telling terms are read until
-- that is enough work: on a large site a word that every third page has is most of it, and says next to nothing.
frequency as materialized (
    select term, pages
    from unnest(%(frequent_terms)s::text[], %(frequent_pages)s::float8[]) as f (term, pages)
    union all
    select p.term, count(*)::float8
    from search_posting p
    where p.term = any (array(select term from uses where not term = any(%(frequent_terms)s::text[])))
        and get_bit(%(visible)s, p.page_id) <> 0
    group by p.term
),
telling as materialized (
    select term
    from (
        select term, sum(pages) over (partition by language order by most desc, term) - pages as before
        from (
            select language, term, pages, max(most) as most
            from (
                -- All parts of a compound are as telling as the rarest one.
                select a.language, u.term, f.pages, max(a.weight * u.factor * ln(1 + s.pages / f.pages)) over (
                    partition by u.leg, u.word, u.way, case u.way when 0 then u.term end
                ) as most
                from uses u
                join frequency f on f.term = u.term
                join asked a on a.word = u.word
                join statistics s on s.language = a.language
            ) u
            group by language, term, pages
        ) t
    ) t
    where before < %(postings)s
),
-- Of these only the pages that say them in a title, a keyword or a heading are read; meaning finds the others.
common as materialized (
    select term from frequency where pages > %(common)s
),
-- A posting for each word that it stands for. (`offset 0`: what is hidden is left out before the words are looked up.)
hits as materialized (
    select u.leg, u.word, u.way, u.size, u.factor, p.page_id, p.places, p.title, p.keywords, u.factor * p.tf as tf, p.length
    from (
        select p.term, p.page_id, p.places, p.title, p.keywords, p.length,
            p.body + p.headings * %(weight_heading)s + p.title * %(weight_title)s + p.keywords * %(weight_keywords)s as tf
        from search_posting p
        where p.term = any (array(select term from telling)) and get_bit(%(visible)s, p.page_id) <> 0
            and (p.title + p.keywords + p.headings > 0 or p.term <> all (array(select term from common)))
        offset 0
    ) p
    join uses u on u.term = p.term
),

-- Terms -> BM25 of pages ------------------------------------------------------------------------------------------
page_tf as materialized (
    select leg, word, page_id, sum(tf) as tf, max(factor) as certain, max(length) as length
    from (
        select leg, word, page_id, tf, factor, length from hits where way = 0
        union all
        select 0, word, page_id, min(tf), max(factor), max(length)
        from hits
        where way > 0
        group by word, way, size, page_id
        having count(*) = size
    ) found
    group by leg, word, page_id
),
found_on as materialized (
    select leg, word, sum(certain) as pages, max(certain) as certain
    from page_tf
    group by leg, word
    union all
    select u.leg, u.word, sum(u.factor * f.pages), max(u.factor)
    from uses u
    join frequency f on f.term = u.term
    where u.way = 0 and u.term not in (select term from telling)
    group by u.leg, u.word
),
weights as materialized (
    select *
    from unnest(%(weight_languages)s::text[], %(dense_weights)s::float8[], %(passage_dense_weights)s::float8[],
        %(gram_weights)s::float8[], %(floors)s::float8[]) as w (language, dense, passage_dense, gram, floor)
),
-- IDF counts pages, not passages: a word in every step of one guide is still a rare word. A page that has only a
-- doubtful translation or a similar word counts that much less (Darwish & Oard 2003, probabilistic structured queries).
information as materialized (
    select a.word, a.place, a.language, l.leg, w.gram, s.by_length, s.by_passage_length,
        case l.leg when 0 then a.weight else a.grams end * coalesce(
            ln(1 + greatest(0, s.pages - coalesce(n.pages, 0) + 0.5) / (coalesce(n.pages, 0) + 0.5)), 0
        ) as idf
    from asked a
    cross join (values (0), (1)) as l (leg)
    join weights w on w.language = a.language
    left join statistics s on s.language = a.language
    left join (select leg, word, sum(pages) as pages from found_on group by leg, word) n
        on n.word = a.word and n.leg = l.leg
),
-- The same by number of the word, from 1: read for every row below, where a join would take longer. A page's words are in
-- its language, and so are its weights and lengths.
of_words as materialized (
    select array_agg(idf order by word) filter (where leg = 0) as idf,
        array_agg(idf order by word) filter (where leg = 1) as gram_idf,
        array_agg(gram order by word) filter (where leg = 0) as gram,
        array_agg(by_length order by word) filter (where leg = 0) as by_length,
        array_agg(by_passage_length order by word) filter (where leg = 0) as by_passage_length
    from information
),
-- `known`: share of the question's information in words that occur at all, in the language that has most of them.
whole as materialized (
    select max(idf) as idf, max(squares) as squares, max(known / nullif(idf, 0)) as known
    from (
        select i.language, sum(i.idf) as idf, sum(i.idf * i.idf) as squares,
            sum(i.idf * least(1, 2 * coalesce(f.certain, 0))) as known
        from information i
        left join (
            select word, max(certain) as certain from found_on where leg = 0 group by word
        ) f on f.word = i.word
        where i.leg = 0
        group by i.language
    ) x
),
-- A minus word keeps a page away in all its translations: one of them would be shown in the other's place.
excluded as materialized (
    select page_id
    from search_indexedpage
    where translation_key = any (array(
        select translation_key
        from search_indexedpage
        where page_id = any (array(
            select p.page_id
            from search_posting p
            where p.term = any(%(excluded_terms)s::text[]) and get_bit(%(visible)s, p.page_id) <> 0
        ))
    ))
),
-- Pages with all words of the phrases: only their texts are read for the phrases themselves.
phrased as materialized (
    select t.page_id
    from page_tf t
    join asked a on a.word = t.word
    where a.place = any(%(phrase_places)s::int[]) or cardinality(%(phrase_places)s::int[]) = 0
    group by t.page_id
    having cardinality(%(phrase_places)s::int[]) in (0, count(distinct a.place))
),
lexical as materialized (
    select t.page_id, min(t.word) as word,
        sum((select idf from of_words)[t.word + 1] * t.saturated) filter (where t.leg = 0) as page_score,
        sum((select gram_idf from of_words)[t.word + 1] * t.saturated) filter (where t.leg = 1) as gram_score,
        sum((select idf from of_words)[t.word + 1] * least(1, 2 * t.certain)) filter (where t.leg = 0)
            / (select nullif(idf, 0) from whole) as coverage
    from (
        select leg, word, page_id, certain, (%(k1)s + 1) * tf / (
            tf + %(k1)s * (1 - %(b)s) + (select by_length from of_words)[word + 1] * length
        ) as saturated
        from page_tf
    ) t
    where t.page_id not in (select page_id from excluded)
    and (
        cardinality(%(phrases)s::text[]) = 0
        or t.page_id in (
            select x.page_id
            from (
                select page_id, title as text
                from search_indexedpage where page_id = any (array(select page_id from phrased))
                union all
                select page_id, text from search_passage where page_id = any (array(select page_id from phrased))
            ) x
            join unnest(%(phrases)s::text[]) as f (phrase) on x.text ilike f.phrase
            group by x.page_id
            having count(distinct f.phrase) = cardinality(%(phrases)s::text[])
        )
    )
    group by t.page_id
),

-- Union of the legs' candidates, each scored in all of them. Places are counted among what passes the filters and
-- among the rest apart, so that a filter never starves. -------------------------------------------------------------
lexical_order as materialized (
    select page_id,
        (1 - gram) * coalesce(page_score / (select nullif(max(page_score), 0) from lexical), 0)
            + gram * coalesce(gram_score / (select nullif(max(gram_score), 0) from lexical), 0) as score
    from (select *, (select gram from of_words)[word + 1] as gram from lexical) l
),
lexical_candidates as materialized (
    (
        select page_id from lexical_order
        where not %(filtered)s or page_id in (select page_id from passing)
        order by score desc, page_id limit %(candidates)s
    )
    union all
    (
        select page_id from lexical_order
        where %(filtered)s and page_id not in (select page_id from passing)
        order by score desc, page_id limit %(candidates)s
    )
),

--include {dense}

chosen_pages as materialized (
    select page_id from lexical_candidates
    union
    (
        select page_id from dense_pages
        where (not %(must)s or page_id in (select page_id from lexical))
            and (not %(filtered)s or page_id in (select page_id from passing))
        order by cosine desc, page_id limit %(candidates)s
    )
    union
    (
        select page_id from dense_pages
        where (not %(must)s or page_id in (select page_id from lexical))
            and %(filtered)s and page_id not in (select page_id from passing)
        order by cosine desc, page_id limit %(candidates)s
    )
),
-- A page means more than its nearest passage: what it begins with says what it is about.
first_passages as materialized (
    select e.page_id, 1 - (e.embedding <=> (select %(vector)s::halfvec)) as cosine
    from search_passagevector e
    where %(vector)s::text is not null
        and e.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
        and e.passage_id = any (array(
            select id from search_passage where page_id = any (array(select page_id from chosen_pages)) and ordinal = 0
        ))
),
chosen as materialized (
    select c.page_id, i.translation_key, i.language, i.lengths, w.dense, w.gram, w.floor, d.cosine,
        d.cosine + %(first_meaning)s * (coalesce(f.cosine, d.cosine) - d.cosine) as page_cosine,
        coalesce(l.page_score, 0) as page_score, coalesce(l.gram_score, 0) as gram_score,
        coalesce(l.coverage, 0) as coverage
    from chosen_pages c
    join (
        select page_id, translation_key, language, lengths
        from search_indexedpage
        where page_id = any (array(select page_id from chosen_pages))
    ) i on i.page_id = c.page_id
    join weights w on w.language = i.language
    left join lexical l on l.page_id = c.page_id
    left join dense_pages d on d.page_id = c.page_id
    left join first_passages f on f.page_id = c.page_id
),

-- Candidates -> BM25 of their passages. A place is `ordinal << 16 | headings << 8 | body`. ---------------------------
passage_tf as materialized (
    select word, way, size, page_id, place >> 16 as ordinal, factor, inner_tf,
        inner_tf + case when place < 65536 then of_page else 0 end as tf, lengths[(place >> 16) + 1] as length
    from (
        select *, factor * ((place & 255) + (place >> 8 & 255) * %(weight_heading)s) as inner_tf
        from (
            select h.word, h.way, h.size, h.page_id, h.factor, unnest(h.places) as place, c.lengths,
                h.factor * (h.title * %(weight_title)s + h.keywords * %(weight_keywords)s) as of_page
            from hits h
            join chosen c on c.page_id = h.page_id
            where h.leg = 0
        ) x
    ) x
),
passage_lexical as materialized (
    select page_id, ordinal,
        sum(idf * tf * (%(k1)s + 1) / (tf + norm)) as score,
        sum(idf * inner_tf * (%(k1)s + 1) / (inner_tf + norm)) as inner_score,
        sum(idf * idf * least(1, 2 * certain)) / (select nullif(squares, 0) from whole) as sharpness
    from (
        select page_id, ordinal, sum(tf) as tf, sum(inner_tf) as inner_tf, max(factor) as certain,
            (select idf from of_words)[word + 1] as idf,
            -- k1 b: a passage without a length is as long as the others.
            %(k1)s * (1 - %(b)s) + coalesce((select by_passage_length from of_words)[word + 1] * max(length), %(k1)s * %(b)s)
                as norm
        from (
            select word, page_id, ordinal, tf, inner_tf, length, factor from passage_tf where way = 0
            union all
            select word, page_id, ordinal, min(tf), min(inner_tf), max(length), min(factor) from passage_tf where way > 0
            group by word, way, size, page_id, ordinal having count(*) = size
        ) found
        group by word, page_id, ordinal
        offset 0
    ) t
    group by page_id, ordinal
),
candidates as materialized (
    select c.*, coalesce(b.score, 0) as passage_score,
        coalesce(b.sharpness, 0) as sharpness
    from chosen c
    left join (
        select page_id, max(score) as score, max(sharpness) as sharpness
        from passage_lexical group by page_id
    ) b on b.page_id = c.page_id
),
-- Min-max over the candidates. BM25 has a natural least value, 0; cosines have none, so theirs is the least here.
scale as materialized (
    select nullif(max(page_score), 0) as page_score, nullif(max(passage_score), 0) as passage_score,
        nullif(max(gram_score), 0) as gram_score,
        min(page_cosine) as least_cosine, nullif(max(page_cosine) - min(page_cosine), 0) as cosine_range
    from candidates
),
fused as materialized (
    select c.*,
--include {fuse}
    from candidates c
    cross join scale s
    where c.coverage >= %(lexical_floor)s or c.gram_score >= %(gram_floor)s * s.gram_score or c.cosine >= c.floor
),
kept as materialized (
    select *, %(only_language)s::text is null or language = %(only_language)s as passes_language
    from fused
    where score >= %(result_floor)s * (select max(score) from fused)
),

-- Pages -> results: translations of one page are one result, in the reader's language if that one is visible. -----
groups as materialized (
    select translation_key, max(score) filter (where passes_language) as score,
        -- The version that is shown speaks for itself unless the other one answers much better.
        (array_agg(page_id order by passes_language desc,
            score * case when language = %(language)s then %(own_language)s else 1 end desc, page_id))[1] as found,
        (array_agg(language order by passes_language desc,
            score * case when language = %(language)s then %(own_language)s else 1 end desc, page_id))[1]
            as found_language,
        array_agg(distinct language) as languages
    from kept
    group by translation_key
),
results as materialized (
    select distinct on (g.translation_key)
        g.translation_key, g.score, g.found, g.found_language, g.languages, g.score is not null as passes_language,
        v.page_id, v.language, v.kind, v.title, v.facets,
        %(kind)s::text is null or v.kind = %(kind)s as passes_kind,
        v.facets @> %(facets)s::text[] as passes_facets
    from groups g
    join (
        select page_id, translation_key, language, kind, title, facets
        from search_indexedpage
        where translation_key = any (array(select translation_key from groups)) and get_bit(%(visible)s, page_id) <> 0
    ) v on v.translation_key = g.translation_key
    order by g.translation_key, (%(only_language)s::text is null or v.language = %(only_language)s) desc,
        v.language = %(language)s desc, v.page_id = g.found desc, v.page_id
),
page_of_results as materialized (
    select *, (select url_path from wagtailcore_page where id = page_id) as url_path
    from results
    where passes_kind and passes_facets and passes_language
    order by score desc, page_id
    offset %(offset)s limit %(limit)s
),

-- Results -> passages. Among the passages of one page its title says nothing. A page shown instead of the translation
-- that was found takes the passage with the same anchor, since translations share their blocks. ----------------------
spoken_of as materialized (
    select page_id, language from page_of_results
    union
    select found, found_language from page_of_results
),
passage_scores as materialized (
    select x.page_id, x.ordinal, x.anchor, x.heading_path, x.text, x.inner_score > 0 as by_words,
        case when x.ordinal = 0 then %(first_passage)s else 1 end
        * case when cardinality(x.heading_path) < 2 then %(broad_passage)s else 1 end * (
            (1 - x.dense) * coalesce(x.inner_score / nullif(max(x.inner_score) over of_page, 0), 0)
            + x.dense * coalesce((x.cosine - min(x.cosine) over of_page)
                / nullif(max(x.cosine) over of_page - min(x.cosine) over of_page, 0), 0)
        ) as score
    from (
        select p.page_id, p.ordinal, p.anchor, p.heading_path, p.text, coalesce(l.inner_score, 0) as inner_score,
            d.cosine, w.passage_dense as dense
        from search_passage p
        join spoken_of v on v.page_id = p.page_id
        join weights w on w.language = v.language
        left join passage_lexical l on l.page_id = p.page_id and l.ordinal = p.ordinal
        left join (
            select e.passage_id, 1 - (e.embedding <=> (select %(vector)s::halfvec)) as cosine
            from search_passagevector e
            where e.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
                and e.page_id = any (array(select page_id from spoken_of))
        ) d on d.passage_id = p.id
        where p.page_id = any (array(select page_id from spoken_of))
    ) x
    window of_page as (partition by x.page_id)
),
best_found as materialized (
    select distinct on (r.page_id) r.page_id, p.anchor
    from page_of_results r join passage_scores p on p.page_id = r.found
    order by r.page_id, p.score desc, p.ordinal
),
shown_passages as materialized (
    select p.*, row_number() over (
        partition by p.page_id
        order by (r.page_id <> r.found and p.anchor <> '' and p.anchor = b.anchor) desc, p.score desc, p.ordinal
    ) as place
    from passage_scores p
    join page_of_results r on r.page_id = p.page_id
    left join best_found b on b.page_id = p.page_id
),
excerpts as materialized (
    select page_id, json_agg(json_build_object(
        'anchor', anchor, 'heading_path', heading_path, 'text', text, 'by_words', by_words
    ) order by place) as passages
    from shown_passages
    where place = 1 or (place <= %(more)s + 1 and by_words)
    group by page_id
),
-- Which term stood for which word on the pages that were found, and how they write it.
reasons as materialized (
    select p.page_id, json_agg(jsonb_build_array(u.word, p.term, p.forms, p.written)) as reasons
    from search_posting p
    join (select distinct word, term from uses where leg = 0 and factor >= %(reason_floor)s) u on u.term = p.term
    -- By the pages alone: with the terms as a second condition the planner reads each of them on all pages.
    where p.page_id = any (array(select found from page_of_results))
    group by p.page_id
),

-- Counts of a filter's values leave out that filter itself: they say what choosing another value would give. -------
counts as (
    select 'kind' as name, kind as value, count(*) as n
    from results where passes_facets and passes_language group by kind
    union all
    select 'language', l.language, count(*)
    from results r cross join lateral unnest(r.languages) as l (language)
    where passes_kind and passes_facets group by l.language
    union all
    select split_part(facet, ':', 1), substr(facet, strpos(facet, ':') + 1), count(*)
    from results r
    cross join lateral unnest(r.facets) as x (facet)
    where passes_kind and passes_language
        and r.facets @> array(
            select chosen from unnest(%(facets)s::text[]) as y (chosen)
            where split_part(chosen, ':', 1) <> split_part(facet, ':', 1)
        )
    group by facet
)
select case when
--include unchanged.sql
then json_build_object(
    'total', (select count(*) from results where passes_kind and passes_facets and passes_language),
    'counts', (select coalesce(json_agg(json_build_array(name, value, n) order by n desc, value), '[]') from counts),
    'terms', (select coalesce(json_agg(distinct term), '[]') from uses where leg = 0 and factor >= %(reason_floor)s),
    'meant', (
        select coalesce(json_agg(json_build_array(s.place, s.choice, s.form, s.written) order by s.place, s.part), '[]')
        from spelled s
        join meant m on m.place = s.place and m.choice = s.choice
    ),
    -- What the answer is worth (confidence.py). Squares, because the rarest word is what a question is about.
    'evidence', (
        select json_build_object(
            'cosine', max(cosine),
            'field_cosine', (select avg(d.cosine) from dense_pages d where d.page_id = any(%(sample_pages)s::int[])),
            'top_cosine', (select cosine from fused order by score desc, page_id limit 1),
            -- A new page is found by its words before its vectors are computed.
            'unread', (
                select bool_or(cosine is null and cardinality(lengths) > 0)
                from (select cosine, lengths from fused order by score desc, page_id limit 5) best
            ),
            'sharpness', max(sharpness),
            'top_sharpness', (select sharpness from fused order by score desc, page_id limit 1),
            'known', (select known from whole),
            -- Of the score that a page, a passage would have with every word of the question in it, without end.
            'ideal', (select max(page_score) from lexical) / ((select nullif(idf, 0) from whole) * (%(k1)s + 1)),
            'ideal_passage',
                (select max(score) from passage_lexical) / ((select nullif(idf, 0) from whole) * (%(k1)s + 1))
        )
        from fused
    ),
    -- For the next question of somebody who sees the same (audience.py).
    'counted', (
        select coalesce(json_object_agg(term, pages), '{}')
        from frequency
        where pages >= %(frequent)s and not term = any(%(frequent_terms)s::text[])
    ),
    'hits', (
        select coalesce(json_agg(json_build_object(
            'page_id', r.page_id,
            'translation_key', r.translation_key,
            'language', r.language,
            'kind', r.kind,
            'title', r.title,
            'found_language', r.found_language,
            'facets', r.facets,
            'url_path', r.url_path,
            'score', r.score,
            'reasons', coalesce(x.reasons, '[]'),
            'passages', coalesce(e.passages, '[]')
        ) order by r.score desc, r.page_id), '[]')
        from page_of_results r
        left join excerpts e on e.page_id = r.page_id
        left join reasons x on x.page_id = r.found
    )
)::text end
