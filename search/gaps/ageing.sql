-- Wordings of %(gone)s and before are deleted; their askings are added to the counts of their month, if the question
-- was asked often enough in that month. Everything below sees the log as it was before: the days that stay count too.
with
gone as (
    delete from gaps_asking
    where day <= %(gone)s
    returning gap_id, date_trunc('month', day)::date as month, count
),
months as (
    select gap_id, date_trunc('month', day)::date as month, sum(count) as askings
    from gaps_asking
    where gap_id is not null
    group by gap_id, date_trunc('month', day)
),
counted as (
    insert into gaps_monthcount (gap_id, month, count)
    select g.gap_id, g.month, sum(g.count)
    from gone g
    join months m on m.gap_id = g.gap_id and m.month = g.month
    left join gaps_monthcount c on c.gap_id = g.gap_id and c.month = g.month
    where m.askings >= %(least)s or c.id is not null
    group by g.gap_id, g.month
    on conflict (gap_id, month) do update set count = gaps_monthcount.count + excluded.count
    returning 1
)
select (select count(*) from gone), (select count(*) from counted)
