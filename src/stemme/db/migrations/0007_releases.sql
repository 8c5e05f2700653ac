-- releases

-- Findings --------------------------------------------------------------------------------------

-- What a release means, in the words of the office. A row is everything that was said at one time
-- and never changes; the one with the highest edition is shown.
create table finding (
    survey     text    not null,
    wave       integer not null,
    edition    integer not null check (edition > 0),
    written_on date    not null default current_date,
    texts      jsonb   not null check (jsonb_typeof(texts) = 'object'),
    primary key (survey, wave, edition)
);

grant select on finding to stemme_resident;
grant select, insert (survey, wave, edition, texts) on finding to stemme_staff;
