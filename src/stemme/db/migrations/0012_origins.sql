-- Where things were said, by the name that people know it by: an evening, a dialogue, a survey.

create table origin (
    origin text  primary key check (origin ~ '^[a-z]+/.{1,100}$'),
    titles jsonb not null check (titles ? 'nb')
);

create function name_origin(p_origin text, p_titles jsonb)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into origin (origin, titles) values (p_origin, p_titles)
    on conflict (origin) do update set titles = excluded.titles where origin.titles <> excluded.titles
$$;
revoke execute on function name_origin from public;
grant execute on function name_origin to stemme_staff, stemme_release;
grant select on origin to stemme_resident, stemme_staff;
