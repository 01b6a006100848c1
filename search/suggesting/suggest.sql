-- What could be meant by what has been typed so far: words, titles and headings of pages this reader may see, in one
-- statement. Read from top to bottom: which words begin so, where they stand, how they are written there, which titles and
-- headings have them. The vocabulary (search_lexeme) also knows words of pages that are hidden or gone: a form counts only
-- where a visible page has it, one whose bit is set in `visible` (audience.py), and what is shown was read in the text of one.
with
-- Words of the vocabulary that begin with what is typed, and compounds whose last part does. ----------------------
begun as materialized (
    select l.language, l.word, l.stem::text
    from unnest(%(initials)s::text[]) as i (initial)
    cross join lateral (
        select language, word, stem
        from search_lexeme
        where word ~>=~ i.initial and word ~<~ chr(ascii(i.initial) + 1) and word ~ %(begins)s
        offset 0
    ) l
    where (
        select true
        from search_posting p
        where p.term = l.language || ':' || l.stem and l.word = any (p.forms)
            and get_bit(%(visible)s, p.page_id) <> 0
        limit 1
    )
),
-- The typed word may be no word by itself ("gewinnung"), or the beginning of several.
lasts as materialized (
    select stem from begun
    union
    select %(last_stem)s
),
-- A compound is one only where its other part is a word too: one that stands on a page this reader may see.
compounds as materialized (
    select l.language, l.word, l.stem, l.language || ':' || split_part(s.split, ' ', 1) as head
    from search_lexeme l
    cross join lateral unnest(l.splits) as s (split)
    where %(inside)s
        and l.parts && array(select stem from lasts)
        and split_part(s.split, ' ', 2) in (select stem from lasts)
        and (
            select true
            from search_posting p
            where p.term = l.language || ':' || l.stem and l.word = any (p.forms)
                and get_bit(%(visible)s, p.page_id) <> 0
            limit 1
        )
),
real_heads as materialized (
    select head as term
    from (select distinct head from compounds) c
    where (
        select true from search_posting p where p.term = c.head and get_bit(%(visible)s, p.page_id) <> 0 limit 1
    )
),
-- Language and word in one ("de:mitglieder"): over two columns the planner joins by the language alone.
forms as materialized (
    select language || ':' || word as form, language || ':' || stem as term, true as begins from begun
    union
    select language || ':' || word, language || ':' || stem, false
    from compounds
    where head in (select term from real_heads) and (language, word) not in (select language, word from begun)
),
wanted as materialized (
    select term, bool_or(begins) as begins from forms group by term
),

-- Where they stand. Words of a title or heading name what a page is about, those of a text only occur. -------------
found as materialized (
    select p.term, p.page_id, p.title, p.headings, p.places
    from search_posting p
    where p.term = any (array(select term from wanted)) and get_bit(%(visible)s, p.page_id) <> 0
),
-- How many of the words before it a page has: "Mitglieder gew" means "gewinnen" rather than "Gewerbe".
earlier as materialized (
    select p.page_id, count(distinct e.word) as words
    from search_posting p
    join unnest(%(earlier_words)s::int[], %(earlier_terms)s::text[]) as e (word, term) on e.term = p.term
    where p.term = any (%(earlier_terms)s::text[]) and get_bit(%(visible)s, p.page_id) <> 0
    group by p.page_id
),
worth as materialized (
    select f.term, split_part(f.term, ':', 1) as language, w.begins,
        sum(f.worth * (1 + %(together)s * coalesce(e.words, 0))) as worth
    from (
        select term, page_id,
            1 + least(title, 1) * %(weight_title)s + least(headings, 1) * %(weight_heading)s as worth
        from found
    ) f
    join wanted w on w.term = f.term
    left join earlier e on e.page_id = f.page_id
    group by f.term, w.begins
),
candidates as materialized (
    select * from worth
    order by language = %(language)s desc, begins desc, worth desc, term
    limit %(candidates)s
),

-- How they are written there. --------------------------------------------------------------------------------------
-- The first passage with the word, on a few pages.
samples as materialized (
    select distinct s.page_id, s.ordinal
    from (
        select f.page_id, coalesce(f.places[1] >> 16, 0) as ordinal, row_number() over (
            partition by f.term order by f.title > 0 desc, f.headings > 0 desc, f.page_id
        ) as place
        from found f
        where f.term in (select term from candidates)
    ) s
    where s.place <= %(samples)s
),
written as materialized (
    select m.word[1] as word, count(*) as n, v.language || ':' || translate(
            replace(lower(m.word[1]), 'ß', 'ss'), 'áàâãåéèêëíìîïóòôõúùûçñø-‐‑', 'aaaaaeeeeiiiioooouuucno'
        ) as form
    from search_passage p
    join samples s on s.page_id = p.page_id and s.ordinal = p.ordinal
    join (
        select page_id, language, title
        from search_indexedpage
        where page_id = any (array(select page_id from samples))
    ) v on v.page_id = p.page_id
    cross join lateral regexp_matches(
        v.title || E'\n' || array_to_string(p.heading_path, E'\n') || E'\n' || p.text, %(word)s, 'g'
    ) as m (word)
    where p.page_id = any (array(select page_id from samples))
    group by v.language, m.word[1]
),
-- One spelling for each term: the most frequent one.
spelled as materialized (
    select distinct on (f.term) f.term, w.word
    from written w
    join forms f on f.form = w.form
    order by f.term, w.n desc, w.word
),
-- A German noun is what people ask about, or a verb after one. One word for both languages.
words as materialized (
    select distinct on (lower(s.word)) s.word, c.language, c.begins,
        c.worth * case
            when c.language <> 'de' or s.word !~ '^[[:lower:]]' then 1
            when s.word ~ 'n$' then %(factor_verb)s::float8
            else %(factor_lower)s::float8
        end as worth
    from candidates c
    join spelled s on s.term = c.term
    order by lower(s.word), c.language = %(language)s desc, c.term
),

-- Titles and headings that have every word. A function word that happens to begin so ("mit" for "mi") is none. ------
titled as materialized (
    select page_id, translation_key, language, kind, title
    from search_indexedpage
    where %(unfinished)s and page_id = any (array(select page_id from found where title > 0))
        and title ~ all (%(patterns)s::text[])
    union all
    select page_id, translation_key, language, kind, title
    from search_indexedpage
    where not %(unfinished)s and get_bit(%(visible)s, page_id) <> 0 and title ~ all (%(patterns)s::text[])
),
headed as materialized (
    select p.page_id, p.anchor, p.ordinal, p.heading_path[cardinality(p.heading_path)] as heading
    from search_passage p
    join (
        select distinct f.page_id, x.place >> 16 as ordinal
        from found f
        cross join lateral unnest(f.places) as x (place)
        where f.headings > 0 and x.place >> 8 & 255 > 0
    ) h on h.page_id = p.page_id and h.ordinal = p.ordinal
    where p.page_id = any (array(select page_id from found where headings > 0)) and cardinality(p.heading_path) > 0
        and p.heading_path[cardinality(p.heading_path)] ~ all (%(patterns)s::text[])
),
on_pages as materialized (
    select page_id, translation_key, language, kind, title
    from search_indexedpage
    where page_id = any (array(select page_id from headed))
),
-- A page that the reader has in the own language is offered in no other.
own as materialized (
    select translation_key
    from search_indexedpage
    where language = %(language)s and get_bit(%(visible)s, page_id) <> 0
        and translation_key = any (array(select translation_key from titled union select translation_key from on_pages))
),
titles as materialized (
    select distinct on (translation_key) *
    from titled
    where language = %(language)s or translation_key not in (select translation_key from own)
    order by translation_key, language = %(language)s desc, page_id
),
-- One place in two languages is one; "Ablauf" stands on every page and so leads nowhere.
places as materialized (
    select *, count(*) over (partition by lower(heading)) as pages
    from (
        select distinct on (v.translation_key, h.anchor)
            h.page_id, h.anchor, h.heading, v.language, v.kind, v.title
        from headed h
        join on_pages v on v.page_id = h.page_id
        where h.heading <> v.title
            and (v.language = %(language)s or v.translation_key not in (select translation_key from own))
        order by v.translation_key, h.anchor, v.language = %(language)s desc, h.page_id, h.ordinal
    ) h
)
select case when
--include unchanged.sql
then json_build_object(
    'words', (
        select coalesce(json_agg(json_build_array(word, language)), '[]')
        from (
            select word, language from words
            order by language = %(language)s desc, begins desc, worth desc, word limit %(limit)s
        ) w
    ),
    'titles', (
        select coalesce(json_agg(json_build_object(
            'title', title, 'language', language, 'kind', kind, 'url_path', url_path
        )), '[]')
        from (
            select *, (select url_path from wagtailcore_page where id = page_id) as url_path
            from titles
            order by language = %(language)s desc, title ~ %(first)s desc, char_length(title), page_id limit %(limit)s
        ) t
    ),
    'headings', (
        select coalesce(json_agg(json_build_object(
            'heading', heading, 'anchor', anchor, 'title', title, 'language', language, 'kind', kind,
            'url_path', url_path
        )), '[]')
        from (
            select *, (select url_path from wagtailcore_page where id = page_id) as url_path
            from places
            where pages = 1
            order by language = %(language)s desc, heading ~ %(first)s desc, char_length(heading), page_id
            limit %(limit)s
        ) h
    )
)::text end
