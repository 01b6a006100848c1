-- A question's answer in one statement. Read from top to bottom: who asks, what is visible, which words, which
-- passages, how they score, which pages and translations that makes, and the page of results that is shown.
-- Nothing below `visible` ever reads a page that is not in it, statistics included.
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
    select i.page_id, i.translation_key, i.language, i.kind, i.title, i.facets, i.length, i.passage_count,
        p.url_path, p.locale_id, p.depth
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

-- Words -> terms of the index -----------------------------------------------------------------------
asked as materialized (
    select * from unnest(%(words)s::int[], %(word_languages)s::text[], %(word_terms)s::text[])
        as a (word, language, term)
),
-- Compounds that contain an asked word, when their other part is a word of the visible corpus too.
compounds as materialized (
    select distinct a.word, a.language, l.term
    from asked a
    join search_lexeme l on l.language = a.language and l.parts @> array[a.term] and l.term <> a.term
    cross join lateral unnest(l.splits) as s (split)
    cross join lateral (
        select case
            when starts_with(s.split, a.term || ' ') then substr(s.split, length(a.term) + 2)
            when right(s.split, length(a.term) + 1) = ' ' || a.term
                then left(s.split, length(s.split) - length(a.term) - 1)
        end as other
    ) o
    where exists (
        select from search_posting p join visible v on v.page_id = p.page_id
        where p.language = a.language and p.term = o.other
    )
),
-- way 0: the word or a compound of it; other ways: the parts of an asked compound, all `size` of which must occur.
terms as materialized (
    select word, 0 as way, 1 as size, language, term, 1.0::float8 as factor from asked
    union all
    select word, 0, 1, language, term, %(factor_compound)s::float8 from compounds
    union all
    select word, way, size, language, term, %(factor_parts)s::float8
    from unnest(%(part_words)s::int[], %(part_ways)s::int[], %(part_sizes)s::int[],
        %(part_languages)s::text[], %(part_terms)s::text[]) as p (word, way, size, language, term)
),

-- Terms -> BM25 of passages and of pages --------------------------------------------------------------
hits as materialized (
    select t.word, t.way, t.size, t.term, v.language, o.page_id, o.passage_id,
        t.factor * (o.body + o.headings * %(weight_heading)s + o.title * %(weight_title)s
            + o.keywords * %(weight_keywords)s)::float8 as tf
    from terms t
    join search_posting o on o.language = t.language and o.term = t.term
    join visible v on v.page_id = o.page_id
),
passage_tf as materialized (
    select word, language, page_id, passage_id, sum(tf) as tf
    from (
        select word, language, page_id, passage_id,
            case when way = 0 then sum(tf) when count(distinct term) = max(size) then min(tf) else 0 end as tf
        from hits
        group by word, way, language, page_id, passage_id
    ) ways
    group by word, language, page_id, passage_id
    having sum(tf) > 0
),
page_tf as materialized (
    select word, language, page_id, sum(tf) as tf
    from (
        select word, language, page_id,
            case when way = 0 then sum(tf) when count(distinct term) = max(size) then min(tf) else 0 end as tf
        from hits
        group by word, way, language, page_id
    ) ways
    group by word, language, page_id
    having sum(tf) > 0
),
-- IDF counts pages, not passages: a word in every step of one guide is still a rare word.
information as materialized (
    select a.word, s.language, ln(1 + (s.pages - count(t.page_id) + 0.5) / (count(t.page_id) + 0.5)) as idf
    from asked a
    join statistics s on s.language = a.language
    left join page_tf t on t.word = a.word and t.language = a.language
    group by a.word, s.language, s.pages
),
question_information as materialized (
    select language, sum(idf) as idf from information group by language
),
page_lexical as materialized (
    select t.page_id,
        sum(i.idf * t.tf * (%(k1)s + 1) / (t.tf + %(k1)s * (1 - %(b)s + %(b)s * v.length / s.page_length))) as score,
        sum(i.idf) / max(q.idf) as coverage,
        array_agg(t.word order by t.word) as words
    from page_tf t
    join visible v on v.page_id = t.page_id
    join statistics s on s.language = t.language
    join information i on i.word = t.word and i.language = t.language
    join question_information q on q.language = t.language
    where not exists (
        select from search_posting x
        join unnest(%(excluded_languages)s::text[], %(excluded_terms)s::text[]) as e (language, term)
            on x.language = e.language and x.term = e.term
        where x.page_id = t.page_id
    )
    and not exists (
        select from unnest(%(phrases)s::text[]) as f (phrase)
        where v.title not ilike f.phrase and not exists (
            select from search_passage p where p.page_id = t.page_id and p.text ilike f.phrase
        )
    )
    group by t.page_id
),
passage_lexical as materialized (
    select t.passage_id, t.page_id,
        sum(i.idf * t.tf * (%(k1)s + 1) / (t.tf + %(k1)s * (1 - %(b)s + %(b)s * p.length / s.passage_length))) as score
    from passage_tf t
    join page_lexical c on c.page_id = t.page_id
    join search_passage p on p.id = t.passage_id
    join statistics s on s.language = t.language
    join information i on i.word = t.word and i.language = t.language
    group by t.passage_id, t.page_id
),

-- Meaning: the exact scan scores every visible passage, so that no candidate of the words lacks a cosine. ------
dense as materialized (
    select e.passage_id, e.page_id, 1 - (e.embedding <=> %(vector)s::halfvec) as cosine
    from search_passagevector e
    join visible v on v.page_id = e.page_id
    where %(vector)s::text is not null
        and e.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
        and (not %(must)s or e.page_id in (select page_id from page_lexical))
),
page_dense as materialized (
    select page_id, max(cosine) as cosine from dense group by page_id
),

-- Union of both legs' candidates, each scored in both; filters never starve them. ------------------------------
filtered as materialized (
    select page_id,
        (%(kind)s::text is null or kind = %(kind)s) as passes_kind,
        facets @> %(facets)s::text[] as passes_facets,
        (%(only_language)s::text is null or language = %(only_language)s) as passes_language
    from visible
),
candidates as materialized (
    select page_id from (
        select l.page_id, row_number() over (
            partition by passes_kind and passes_facets and passes_language order by l.score desc, l.page_id) as place
        from page_lexical l join filtered f on f.page_id = l.page_id
    ) lexical where place <= %(candidates)s
    union
    select page_id from (
        select d.page_id, row_number() over (
            partition by passes_kind and passes_facets and passes_language order by d.cosine desc, d.page_id) as place
        from page_dense d join filtered f on f.page_id = d.page_id
    ) by_meaning where place <= %(candidates)s
),
legs as materialized (
    select c.page_id,
        coalesce(l.score, 0) as page_score,
        coalesce(max(p.score), 0) as passage_score,
        coalesce(l.coverage, 0) as coverage,
        coalesce(l.words, '{}') as words,
        d.cosine
    from candidates c
    left join page_lexical l on l.page_id = c.page_id
    left join passage_lexical p on p.page_id = c.page_id
    left join page_dense d on d.page_id = c.page_id
    group by c.page_id, l.score, l.coverage, l.words, d.cosine
),
-- Min-max over the candidates. BM25 has a natural least value, 0; cosines have none, so theirs is the least here.
scale as materialized (
    select nullif(max(page_score), 0) as page_score, nullif(max(passage_score), 0) as passage_score,
        min(cosine) as least_cosine, nullif(max(cosine) - min(cosine), 0) as cosine_range
    from legs
),
weights as materialized (
    select * from unnest(%(weight_languages)s::text[], %(weight_values)s::float8[], %(floors)s::float8[])
        as w (language, dense, floor)
),
fused as materialized (
    select l.page_id, v.translation_key, v.language, l.words, l.coverage, l.cosine,
        (1 - w.dense) * (
            %(page_share)s * coalesce(l.page_score / s.page_score, 0)
            + (1 - %(page_share)s) * coalesce(l.passage_score / s.passage_score, 0)
        ) + w.dense * coalesce((l.cosine - s.least_cosine) / s.cosine_range, 0) as score
    from legs l
    cross join scale s
    join visible v on v.page_id = l.page_id
    join weights w on w.language = v.language
    where l.coverage >= %(lexical_floor)s or l.cosine >= w.floor
),
kept as materialized (
    select * from fused where score >= %(result_floor)s * (select max(score) from fused) and score > 0
),

-- Pages -> results: translations of one page are one result, shown in the reader's language if that is visible. --
groups as materialized (
    select translation_key,
        max(score) filter (where f.passes_language) as score,
        (array_agg(k.page_id order by f.passes_language desc, k.score desc, k.page_id))[1] as found,
        array_agg(distinct language) as languages
    from kept k join filtered f on f.page_id = k.page_id
    group by translation_key
),
results as materialized (
    select g.translation_key, g.score, g.found, g.languages, shown.page_id,
        f.passes_kind, f.passes_facets, g.score is not null as passes_language
    from groups g
    cross join lateral (
        select v.page_id
        from visible v
        where v.translation_key = g.translation_key
            and (%(only_language)s::text is null or g.score is null or v.language = %(only_language)s)
        order by v.language = %(language)s desc, v.page_id = g.found desc, v.page_id
        limit 1
    ) shown
    join filtered f on f.page_id = shown.page_id
),
page_of_results as materialized (
    select * from results
    where passes_kind and passes_facets and passes_language
    order by score desc, page_id
    offset %(offset)s limit %(limit)s
),

-- Results -> passages. A page shown instead of the translation that was found takes the passage with the same
-- anchor, since translations share their blocks. -------------------------------------------------------------
passage_scores as materialized (
    select p.id as passage_id, p.page_id, p.ordinal, p.anchor, p.heading_path, p.text,
        coalesce(l.score, 0) > 0 as by_words, d.cosine,
        (1 - w.dense) * coalesce(l.score / s.passage_score, 0)
            + w.dense * coalesce((d.cosine - s.least_cosine) / s.cosine_range, 0) as score
    from search_passage p
    join visible v on v.page_id = p.page_id
    join weights w on w.language = v.language
    cross join scale s
    left join passage_lexical l on l.passage_id = p.id
    left join dense d on d.passage_id = p.id
    where p.page_id in (select page_id from page_of_results union select found from page_of_results)
),
best_found as materialized (
    select distinct on (r.page_id) r.page_id, p.anchor, p.ordinal
    from page_of_results r join passage_scores p on p.page_id = r.found
    order by r.page_id, p.score desc, p.ordinal
),
shown_passages as materialized (
    select p.*, row_number() over (
        partition by p.page_id
        order by r.page_id <> r.found and p.anchor = b.anchor and p.anchor <> '' desc, p.score desc, p.ordinal
    ) as place
    from passage_scores p
    join page_of_results r on r.page_id = p.page_id
    left join best_found b on b.page_id = p.page_id
),

-- Counts of a filter's values leave out that filter itself: they say what choosing another value would give. -----
counts as (
    select 'kind' as name, v.kind as value, count(*) as n
    from results r join visible v on v.page_id = r.page_id
    where passes_facets and passes_language group by v.kind
    union all
    select 'language', l.language, count(*)
    from results r cross join lateral unnest(r.languages) as l (language)
    where passes_kind and passes_facets group by l.language
    union all
    select split_part(facet, ':', 1), substr(facet, strpos(facet, ':') + 1), count(*)
    from results r
    join visible v on v.page_id = r.page_id
    cross join lateral unnest(v.facets) as x (facet)
    where passes_kind and passes_language
        and v.facets @> array(
            select chosen from unnest(%(facets)s::text[]) as y (chosen)
            where split_part(chosen, ':', 1) <> split_part(facet, ':', 1)
        )
    group by facet
)
select json_build_object(
    'total', (select count(*) from results where passes_kind and passes_facets and passes_language),
    'counts', (select coalesce(json_agg(json_build_array(name, value, n) order by n desc, value), '[]') from counts),
    'terms', (select coalesce(json_agg(distinct jsonb_build_array(language, term)), '[]') from terms),
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
            'cosine', k.cosine,
            'passages', (
                select coalesce(json_agg(json_build_object(
                    'anchor', p.anchor, 'heading_path', p.heading_path, 'text', p.text, 'by_words', p.by_words
                ) order by p.place), '[]')
                from shown_passages p
                where p.page_id = r.page_id and (p.place = 1 or p.place <= %(more)s + 1 and p.by_words)
            )
        ) order by r.score desc, r.page_id), '[]')
        from page_of_results r
        join visible v on v.page_id = r.page_id
        join kept k on k.page_id = r.found
    )
)::text
