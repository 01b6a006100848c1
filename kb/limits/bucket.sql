-- One more of a rate, if the bucket has room: 0, else the seconds until it has. A refused request changes nothing.
-- Parameters: key, seconds (between two), burst.
with
taken as (
    insert into limits_bucket as b (key, drained_at)
    values (%(key)s, statement_timestamp() + make_interval(secs => %(seconds)s))
    on conflict (key) do update
        set drained_at =
            greatest(b.drained_at, statement_timestamp()) + make_interval(secs => %(seconds)s)
        where b.drained_at
            <= statement_timestamp() + make_interval(secs => %(seconds)s * (%(burst)s - 1))
    returning 1
)
select case
    when exists (select from taken) then 0
    else coalesce(
        (
            select greatest(
                extract(epoch from b.drained_at - statement_timestamp()) - %(seconds)s * (%(burst)s - 1),
                0.001
            )
            from limits_bucket b
            where b.key = %(key)s
        ),
        %(seconds)s  -- another request made the row after this statement had begun
    )
end
