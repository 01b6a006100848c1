-- A question's answer in one statement. Read from top to bottom: who asks, what is visible, which words, which
-- passages, how they score, which pages and translations that makes, and the part of the results that is shown.
-- Nothing below `visible` ever reads a page that is not in it, statistics included.
--
-- Written for a planner without nested loops (statement.py switches them off): no statistics exist for the CTEs,
-- and one estimate of "1 row" that turns out as 8,000 costs seconds. What must use an index says `= any (array(…))`.
with
-- Paths that a view restriction closes to this reader; a restriction covers the page and everything below it.
closed as materialized (
    select p.path
    from wagtailcore_pageviewrestriction r
    join wagtailcore_page p on p.id = r.page_id
    where r.restriction_type <> 'none'
        and not (r.restriction_type = 'login' and %(authenticated)s)
        and not (
            r.restriction_type = 'groups'
            and (
                %(superuser)s
                or exists (
                    select from wagtailcore_pageviewrestriction_groups g
                    where g.pageviewrestriction_id = r.id and g.group_id = any(%(groups)s::int[])
                )
            )
        )
),
visible as materialized (
    select i.page_id, i.translation_key, i.language, i.kind, i.title, i.facets, i.length, i.passage_count, p.url_path,
        (%(kind)s::text is null or i.kind = %(kind)s) as passes_kind,
        i.facets @> %(facets)s::text[] as passes_facets,
        (%(only_language)s::text is null or i.language = %(only_language)s) as passes_language
    from search_indexedpage i
    join wagtailcore_page p on p.id = i.page_id
    where p.live
        and p.alias_of_id is null
        and (p.expire_at is null or p.expire_at > statement_timestamp())
        and i.pipeline <> ''
        and p.url_path like any(%(roots)s::text[])
        and not exists (select from closed c where starts_with(p.path, c.path))
),
statistics as materialized (
    select language, count(*)::float8 as pages, greatest(avg(length), 1)::float8 as page_length,
        greatest(sum(length)::float8 / greatest(sum(passage_count), 1), 1) as passage_length
    from visible
    group by language
),

-- Words -> terms of the index -----------------------------------------------------------------------------------
-- A word is one word of the question in the analysis of one language. Terms are written "de:antrag".
asked as materialized (
    select word, language, stem, language || ':' || stem as term
    from unnest(%(words)s::int[], %(word_languages)s::text[], %(word_stems)s::text[]) as a (word, language, stem)
),
-- Ways to take apart the words of the corpus that might contain an asked one.
corpus_splits as materialized (
    select l.language, l.stem, split_part(s.split, ' ', 1) as head, split_part(s.split, ' ', 2) as last
    from search_lexeme l
    cross join lateral unnest(l.splits) as s (split)
    where l.parts && array(select stem from asked)
),
-- Compounds with an asked word, and the other part.
possible_compounds as materialized (
    select a.word, s.language || ':' || s.stem as term, s.language || ':' || s.last as other
    from corpus_splits s join asked a on a.language = s.language and a.stem = s.head
    where s.stem <> a.stem
    union all
    select a.word, s.language || ':' || s.stem, s.language || ':' || s.head
    from corpus_splits s join asked a on a.language = s.language and a.stem = s.last
    where s.stem <> a.stem
),
-- Ways to read an asked word as a compound: `size` parts each.
possible_parts as materialized (
    select * from unnest(%(part_words)s::int[], %(part_ways)s::int[], %(part_sizes)s::int[], %(part_terms)s::text[])
        as p (word, way, size, term)
),
-- Which of those parts are words at all: they occur in something this reader may see, or were asked too.
real_parts as materialized (
    select term from asked
    union
    select term
    from (
        select other as term from possible_compounds union select term from possible_parts
    ) wanted
    cross join lateral (
        select from search_posting p
        where p.term = wanted.term and p.page_id in (select page_id from visible)
        limit 1
    ) occurs
),
-- way 0: the word itself or a compound with it; other ways: parts of the asked word, which must all occur.
terms as materialized (
    select word, 0 as way, 1 as size, term, 1.0::float8 as factor from asked
    union all
    select distinct word, 0, 1, term, %(factor_compound)s::float8
    from possible_compounds where other in (select term from real_parts)
    union all
    select word, way, size, term, %(factor_parts)s::float8
    from possible_parts p
    where (word, way) not in (
        select word, way from possible_parts where term not in (select term from real_parts)
    )
),

-- Terms -> BM25 of passages and of pages ------------------------------------------------------------------------
hits as materialized (
    select t.word, t.way, t.size, t.term, p.page_id, p.passage_id, v.length as page_length, p.length,
        t.factor * (p.body + p.headings * %(weight_heading)s + p.title * %(weight_title)s
            + p.keywords * %(weight_keywords)s)::float8 as tf
    from search_posting p
    join terms t on t.term = p.term
    join visible v on v.page_id = p.page_id
    where p.term = any (array(select term from terms))
),
passage_tf as materialized (
    select word, page_id, passage_id, sum(tf) as tf, max(length) as length
    from (
        select word, page_id, passage_id, tf, length from hits where way = 0
        union all
        select word, page_id, passage_id, min(tf), max(length) from hits where way > 0
        group by word, way, size, page_id, passage_id having count(*) = size
    ) found
    group by word, page_id, passage_id
),
page_tf as materialized (
    select word, page_id, sum(tf) as tf, max(page_length) as length
    from (
        select word, page_id, tf, page_length from hits where way = 0
        union all
        select word, page_id, min(tf), max(page_length)
        from (
            select word, way, size, term, page_id, sum(tf) as tf, max(page_length) as page_length
            from hits where way > 0 group by word, way, size, term, page_id
        ) parts
        group by word, way, size, page_id having count(*) = size
    ) found
    group by word, page_id
),
-- IDF counts pages, not passages: a word in every step of one guide is still a rare word.
information as materialized (
    select a.word, a.language, ln(1 + (s.pages - coalesce(n.pages, 0) + 0.5) / (coalesce(n.pages, 0) + 0.5)) as idf,
        s.page_length as mean_page, s.passage_length as mean_passage
    from asked a
    join statistics s on s.language = a.language
    left join (select word, count(*) as pages from page_tf group by word) n on n.word = a.word
),
page_lexical as materialized (
    select t.page_id,
        sum(i.idf * t.tf * (%(k1)s + 1) / (t.tf + %(k1)s * (1 - %(b)s + %(b)s * t.length / i.mean_page))) as score,
        sum(i.idf) / max(q.idf) as coverage,
        array_agg(t.word) as words
    from page_tf t
    join information i on i.word = t.word
    join (select language, sum(idf) as idf from information group by language) q on q.language = i.language
    where t.page_id not in (
        select page_id from search_posting where term = any(%(excluded_terms)s::text[])
    )
    and (
        cardinality(%(phrases)s::text[]) = 0
        or t.page_id in (
            select x.page_id
            from (
                select page_id, title as text from visible
                union all
                select page_id, text from search_passage where page_id in (select page_id from page_tf)
            ) x
            join unnest(%(phrases)s::text[]) as f (phrase) on x.text ilike f.phrase
            group by x.page_id
            having count(distinct f.phrase) = cardinality(%(phrases)s::text[])
        )
    )
    group by t.page_id
),
passage_lexical as materialized (
    select t.passage_id, t.page_id,
        sum(i.idf * t.tf * (%(k1)s + 1) / (t.tf + %(k1)s * (1 - %(b)s + %(b)s * t.length / i.mean_passage))) as score
    from passage_tf t
    join information i on i.word = t.word
    group by t.passage_id, t.page_id
),

-- Meaning: the exact scan scores every visible passage, so that no candidate of the words lacks a cosine. ---------
dense as materialized (
    select e.passage_id, e.page_id, 1 - (e.embedding <=> %(vector)s::halfvec) as cosine
    from search_passagevector e
    join visible v on v.page_id = e.page_id
    where %(vector)s::text is not null
        and e.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
),

-- Union of both legs' candidates, each scored in both. Places are counted among what passes the filters and among
-- the rest apart, so that a filter never starves. ---------------------------------------------------------------
legs as materialized (
    select v.page_id, v.translation_key, v.language, v.passes_language,
        coalesce(l.score, 0) as page_score, coalesce(b.score, 0) as passage_score,
        coalesce(l.coverage, 0) as coverage, coalesce(l.words, '{}') as words, d.cosine,
        l.page_id is not null as by_words,
        row_number() over (
            partition by v.passes_kind and v.passes_facets and v.passes_language
            order by l.score desc nulls last, v.page_id
        ) as lexical_place,
        row_number() over (
            partition by v.passes_kind and v.passes_facets and v.passes_language
            order by d.cosine desc nulls last, v.page_id
        ) as dense_place
    from visible v
    left join page_lexical l on l.page_id = v.page_id
    left join (select page_id, max(score) as score from passage_lexical group by page_id) b on b.page_id = l.page_id
    left join (select page_id, max(cosine) as cosine from dense group by page_id) d on d.page_id = v.page_id
    where l.page_id is not null or not %(must)s
),
candidates as materialized (
    select * from legs
    where (by_words and lexical_place <= %(candidates)s) or (cosine is not null and dense_place <= %(candidates)s)
),
-- Min-max over the candidates. BM25 has a natural least value, 0; cosines have none, so theirs is the least here.
scale as materialized (
    select nullif(max(page_score), 0) as page_score, nullif(max(passage_score), 0) as passage_score,
        min(cosine) as least_cosine, nullif(max(cosine) - min(cosine), 0) as cosine_range
    from candidates
),
weights as materialized (
    select * from unnest(%(weight_languages)s::text[], %(weight_values)s::float8[], %(floors)s::float8[])
        as w (language, dense, floor)
),
fused as materialized (
    select c.*,
        (1 - w.dense) * (
            %(page_share)s * coalesce(c.page_score / s.page_score, 0)
            + (1 - %(page_share)s) * coalesce(c.passage_score / s.passage_score, 0)
        ) + w.dense * coalesce((c.cosine - s.least_cosine) / s.cosine_range, 0) as score
    from candidates c
    cross join scale s
    join weights w on w.language = c.language
    where c.coverage >= %(lexical_floor)s or c.cosine >= w.floor
),
kept as materialized (
    select * from fused where score >= %(result_floor)s * (select max(score) from fused)
),

-- Pages -> results: translations of one page are one result, in the reader's language if that one is visible. -----
groups as materialized (
    select translation_key,
        max(score) filter (where passes_language) as score,
        (array_agg(page_id order by passes_language desc, score desc, page_id))[1] as found,
        array_agg(distinct language) as languages
    from kept
    group by translation_key
),
results as materialized (
    select distinct on (g.translation_key)
        g.translation_key, g.score, g.found, g.languages, v.page_id, v.kind, v.facets, v.passes_kind, v.passes_facets,
        g.score is not null as passes_language
    from groups g
    join visible v on v.translation_key = g.translation_key
    order by g.translation_key,
        v.passes_language desc, v.language = %(language)s desc, v.page_id = g.found desc, v.page_id
),
page_of_results as materialized (
    select * from results
    where passes_kind and passes_facets and passes_language
    order by score desc, page_id
    offset %(offset)s limit %(limit)s
),

-- Results -> passages. A page shown instead of the translation that was found takes the passage with the same
-- anchor, since translations share their blocks. ------------------------------------------------------------------
passage_scores as materialized (
    select p.id as passage_id, p.page_id, p.ordinal, p.anchor, p.heading_path, p.text,
        coalesce(l.score, 0) > 0 as by_words,
        (1 - w.dense) * coalesce(l.score / s.passage_score, 0)
            + w.dense * coalesce((d.cosine - s.least_cosine) / s.cosine_range, 0) as score
    from search_passage p
    join visible v on v.page_id = p.page_id
    join weights w on w.language = v.language
    cross join scale s
    left join passage_lexical l on l.passage_id = p.id
    left join dense d on d.passage_id = p.id
    where p.page_id = any (array(select page_id from page_of_results union select found from page_of_results))
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
select json_build_object(
    'total', (select count(*) from results where passes_kind and passes_facets and passes_language),
    'counts', (select coalesce(json_agg(json_build_array(name, value, n) order by n desc, value), '[]') from counts),
    'terms', (select coalesce(json_agg(distinct term), '[]') from terms),
    'hits', (
        select coalesce(json_agg(json_build_object(
            'page_id', v.page_id,
            'translation_key', v.translation_key,
            'language', v.language,
            'kind', v.kind,
            'title', v.title,
            'facets', v.facets,
            'url_path', v.url_path,
            'score', r.score,
            'words', k.words,
            'passages', coalesce(e.passages, '[]')
        ) order by r.score desc, r.page_id), '[]')
        from page_of_results r
        join visible v on v.page_id = r.page_id
        join kept k on k.page_id = r.found
        left join excerpts e on e.page_id = r.page_id
    )
)::text
