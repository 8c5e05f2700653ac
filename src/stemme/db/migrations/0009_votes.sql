-- Votes after they were frozen: what the clerk moves, closes, counts and publishes.
-- The clerk is a role of the worker. It reads manifests and how many collected, never a line of the roll.

grant usage on schema public to stemme_clerk;

alter table vote add column opened_at timestamptz, add column closing_at timestamptz,
    add column checked_at timestamptz, add column lost_asked boolean not null default false;

-- Keys that are deleted go for good, also from the files.
alter table vote_key cluster on vote_key_pkey;
alter table vote_server_key cluster on vote_server_key_pkey;
-- So do lockers, and the order in which the lines of a roll were last written: that of collecting.
alter table vote_roll cluster on vote_roll_pkey;

-- The ballot box as its manifest names it: the public point of the key that signs promises.
create table box_identity (
    one   boolean primary key default true check (one),
    point text not null check (point ~ '^04[0-9a-f]{128}$')
);

-- Parts of a tally key that were handed in. A wrong one is found out only together with others, so
-- several are kept for each place, the latest of them.
create table vote_share (
    vote  text    not null,
    at    integer not null check (at between 1 and 20),
    value bytea   not null check (length(value) = 32),
    came  bigint  generated always as identity,
    primary key (vote, at, value)
);

-- What the closed box held, by hash, and how many had collected by then.
create table vote_final (
    vote        text primary key,
    ballots     bytea   not null,
    checkpoints bytea   not null,
    collected   integer not null,
    drawn       integer not null
);

alter table vote_share cluster on vote_share_pkey;

-- What anyone can recount, byte for byte.
create table vote_bundle (
    vote         text primary key,
    body         bytea not null,
    digest       text  not null check (digest = encode(sha256(body), 'hex')),
    published_on date  not null default (now() at time zone 'Europe/Oslo')::date
);
create trigger vote_bundle_kept before update or delete or truncate on vote_bundle
    for each statement execute function refuse_change();

-- The clerk ------------------------------------------------------------------------------------

create function clerk_votes()
returns table (id text, state text, manifest bytea, vid text, practise boolean, open_asked boolean,
    close_asked boolean, lost_asked boolean, opened_at timestamptz, closing_at timestamptz,
    checked_at timestamptz, now timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select id, state, manifest, vid, practise, open_asked, close_asked, lost_asked, opened_at, closing_at,
        checked_at, now()
    from vote where state in ('frozen', 'open', 'closing', 'sealed') order by id
$$;

create function keep_box_point(p_point text)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into box_identity (point) values (p_point)
    on conflict (one) do update set point = excluded.point where box_identity.point <> excluded.point
$$;

create function open_vote(p_vote text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update vote set state = 'open', opened_at = now(), checked_at = now() where id = p_vote and state = 'frozen';
    return found;
end $$;

create function note_checkpoint(p_vote text)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update vote set checked_at = now() where id = p_vote and state = 'open'
$$;

-- With the end of a vote, whoever brings it about, the key that signs slips goes, and with an annulled one
-- all that could open it. The worker writes the tables anew soon after, so that the bytes go too.
create function forget_keys()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    delete from vote_key where vote = new.id;
    -- Whoever finds six words later opens nothing. Every line of the roll is written, by one transaction.
    if new.state <> 'counted' then
        update vote_roll set locker = null where vote = new.id;
    end if;
    if new.state in ('counted', 'annulled') then
        delete from vote_final where vote = new.id;
        delete from vote_share where vote = new.id;
        delete from vote_server_key where vote = new.id;
    end if;
    insert into answer_rewrite values (now() + interval '2 minutes');
    return null;
end $$;
create trigger vote_forget_keys after update of state on vote for each row
    when (new.state in ('closing', 'counted', 'annulled') and new.state <> old.state)
    execute function forget_keys();

create function begin_closing(p_vote text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update vote set state = 'closing', closing_at = now() where id = p_vote and state = 'open';
    return found;
end $$;

create function seal_vote(p_vote text, p_ballots bytea, p_checkpoints bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update vote set state = 'sealed' where id = p_vote and state = 'closing';
    if not found then
        return false;
    end if;
    insert into vote_final (vote, ballots, checkpoints, collected, drawn)
    select p_vote, p_ballots, p_checkpoints, count(blinded_hash), count(*) filter (where drawn)
    from vote_roll where vote = p_vote;
    return true;
end $$;

create function sealed_vote(p_vote text)
returns table (manifest bytea, ballots bytea, checkpoints bytea, collected integer, drawn integer, secret bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select v.manifest, f.ballots, f.checkpoints, f.collected, f.drawn, k.secret
    from vote v join vote_final f on f.vote = v.id left join vote_server_key k on k.vote = v.id
    where v.id = p_vote and v.state = 'sealed'
$$;

create function list_shares(p_vote text)
returns table (at integer, value bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.at, s.value from vote_share s join vote v on v.id = s.vote
    where s.vote = p_vote and v.state = 'sealed' order by s.came desc
$$;

-- Once: the second of two finds the vote counted.
create function publish_bundle(p_vote text, p_body bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update vote set state = 'counted' where id = p_vote and state = 'sealed';
    if not found then
        return false;
    end if;
    insert into vote_bundle (vote, body, digest) values (p_vote, p_body, encode(sha256(p_body), 'hex'));
    return true;
end $$;

-- With `p_body`, what the box held is published, unopened.
create function annul_vote(p_vote text, p_reason text, p_body bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update vote set state = 'annulled', reason = p_reason
    where id = p_vote and state in ('frozen', 'open', 'closing', 'sealed');
    if not found then
        return false;
    end if;
    if p_body is not null then
        insert into vote_bundle (vote, body, digest) values (p_vote, p_body, encode(sha256(p_body), 'hex'));
    end if;
    return true;
end $$;

-- The staff door -------------------------------------------------------------------------------

-- A part of the key: 'stored', or 'early' before the vote is closed, or 'unknown'. The latest eight of a place are kept.
create function hand_in_share(p_vote text, p_at integer, p_value bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    stands text;
begin
    select state into stands from vote where id = p_vote for update;
    if not found or stands = 'draft' then
        return 'unknown';
    elsif stands in ('frozen', 'open') then
        return 'early';
    elsif stands in ('counted', 'annulled') then
        return 'stored';
    end if;
    insert into vote_share (vote, at, value) values (p_vote, p_at, p_value) on conflict do nothing;
    delete from vote_share s where s.vote = p_vote and s.at = p_at and s.came <= (
        select max(came) from (select o.came from vote_share o where o.vote = p_vote and o.at = p_at
            order by o.came desc offset 8) older);
    return 'stored';
end $$;

-- Too many parts of the key are lost: the clerk annuls the vote.
create function give_up_vote(p_vote text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update vote set lost_asked = true where id = p_vote and state in ('closing', 'sealed');
    return found;
end $$;

-- Who may ---------------------------------------------------------------------------------------

grant execute on function clerk_votes(), keep_box_point(text), open_vote(text), note_checkpoint(text),
    begin_closing(text), seal_vote(text, bytea, bytea), sealed_vote(text), list_shares(text),
    publish_bundle(text, bytea), annul_vote(text, text, bytea) to stemme_clerk;
grant execute on function hand_in_share(text, integer, bytea), give_up_vote(text) to stemme_staff;
grant select on box_identity to stemme_staff;
grant select on vote_bundle to stemme_resident, stemme_staff;
