-- The ballot box: votes that take ballots, ballots as they came, ballots under a checkpoint.
-- No time, no number in order of arrival, no trigger. Rows in the order they came lie in `inbox`
-- alone, and not for long: it is written anew in the order of hashes.

revoke all on schema public from public;
grant usage on schema public to stemme_box, stemme_clerk;
alter default privileges revoke execute on functions from public;

-- The box's own key, by its public point: promises are signed with it.
create table identity (
    one   boolean primary key default true check (one),
    point text not null check (point ~ '^04[0-9a-f]{128}$')
);

-- `last` is when ballots stop counting, the grace time included; null where the vote is closed by hand.
create table vote (
    vid      text primary key check (vid ~ '^[0-9a-f]{64}$'),
    manifest bytea not null check (vid = encode(sha256(manifest), 'hex')),
    state    text not null default 'waiting' check (state in ('waiting', 'open', 'grace', 'closed')),
    last     timestamptz
);

-- `hash` is SHA-256 of `body`, `slip` of the slip's own number, which stands in the body.
create table inbox (
    vid  text  not null,
    hash bytea not null check (hash = sha256(body)),
    slip bytea not null check (length(slip) = 32),
    body bytea not null check (length(body) <= 20000),
    primary key (vid, hash)
);
create index inbox_slip on inbox (vid, slip);

-- Where the inbox waits while it is written anew. Nothing of it is in the log of changes.
create unlogged table waiting (like inbox);

create table ballot (
    vid        text    not null,
    hash       bytea   not null,
    slip       bytea   not null,
    body       bytea   not null,
    checkpoint integer not null,
    primary key (vid, hash)
);
create index ballot_slip on ballot (vid, slip);

-- Its leaves are the ballots that name it, by their hashes in order.
create table checkpoint (
    vid      text    not null,
    n        integer not null check (n >= 0),
    previous text    not null check (previous ~ '^[0-9a-f]{64}$'),
    head     text    not null check (head ~ '^[0-9a-f]{64}$'),
    final    boolean not null,
    primary key (vid, n)
);

-- The door -------------------------------------------------------------------------------------

-- Names the box's key, and gives the one that is known. It is not changed while a vote depends on it.
create function name_box(p_point text)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    known text;
begin
    insert into identity (point) values (p_point) on conflict do nothing;
    select point into known from identity for update;
    if known <> p_point and not exists (select from vote where state <> 'closed') then
        update identity set point = p_point;
        known := p_point;
    end if;
    return known;
end $$;

-- A ballot that the door has checked: 'stored', also when it was before; else why not.
-- The same ballot twice is one ballot; a slip may change its mind a hundred times.
create function receive_ballot(p_vid text, p_hash bytea, p_slip bytea, p_body bytea)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    one vote;
begin
    -- Shared among ballots; whoever moves them waits for all, and they for it.
    perform pg_advisory_xact_lock_shared(7239100002);
    if exists (select from inbox where vid = p_vid and hash = p_hash)
        or exists (select from ballot where vid = p_vid and hash = p_hash) then
        return 'stored';
    end if;
    select * into one from vote where vid = p_vid;
    if not found then
        return 'unknown';
    elsif one.state = 'waiting' then
        return 'waiting';
    elsif one.state = 'closed' or clock_timestamp() > one.last then
        return 'closed';
    elsif (select count(*) from inbox where vid = p_vid and slip = p_slip)
        + (select count(*) from ballot where vid = p_vid and slip = p_slip)
        -- Whoever had a slip that nobody drew cannot use it up: it is opened unused all the same.
        >= (case when position('\"x\":\"\"' in convert_from(p_body, 'UTF8')) > 0 then 200 else 100 end) then
        return 'enough';
    end if;
    insert into inbox (vid, hash, slip, body) values (p_vid, p_hash, p_slip, p_body) on conflict do nothing;
    return 'stored';
end $$;

-- How a vote stands. The slips that have voted, floored to fives: those under a checkpoint, or where
-- the vote is opened or closed by hand, in one room, all of them.
create function vote_state(p_vid text)
returns table (state text, ballots bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select case v.state when 'grace' then 'closed' else v.state end,
        (select count(distinct s.slip) / 5 * 5 from (
            select b.slip from ballot b where b.vid = v.vid
            union all select i.slip from inbox i where i.vid = v.vid and v.last is null) s)
    from vote v where v.vid = p_vid
$$;

create function vote_manifest(p_vid text)
returns bytea language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select manifest from vote where vid = p_vid
$$;

create function list_checkpoints(p_vid text)
returns table (n integer, previous text, leaves text[], head text, final boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.n, c.previous,
        array(select encode(b.hash, 'hex') from ballot b where b.vid = c.vid and b.checkpoint = c.n order by b.hash),
        c.head, c.final
    from checkpoint c where c.vid = p_vid order by c.n
$$;

-- The clerk ------------------------------------------------------------------------------------

create function box_point()
returns text language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select point from identity
$$;

-- Puts a vote up; the same one again changes nothing.
create function publish_vote(p_manifest bytea, p_last timestamptz)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into vote (vid, manifest, last) values (encode(sha256(p_manifest), 'hex'), p_manifest, p_last)
    on conflict do nothing
$$;

-- Forward only: from any earlier state to 'open' or 'grace'.
create function move_vote(p_vid text, p_state text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(7239100002);
    update vote set state = p_state
    where vid = p_vid and (state, p_state) in (('waiting', 'open'), ('waiting', 'grace'), ('open', 'grace'));
    return found;
end $$;

-- The next checkpoint: moves the ballots of a vote under it, sorted by hash, and leaves the inbox in
-- the order of hashes too. False, and nothing done, for fewer than `p_least` new ballots, or than five:
-- whoever could ask for one after every ballot would write down the order they came in.
create function take_checkpoint(p_vid text, p_least integer)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(7239100002);
    if (select count(*) from inbox where vid = p_vid) < greatest(p_least, 5)
        or exists (select from vote where vid = p_vid and state in ('waiting', 'closed')) then
        return false;
    end if;
    perform add_checkpoint(p_vid, false);
    return true;
end $$;

-- Closes a vote for good, with its last checkpoint; once.
create function close_vote(p_vid text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(7239100002);
    update vote set state = 'closed' where vid = p_vid and state <> 'closed';
    if not found then
        return false;
    end if;
    perform add_checkpoint(p_vid, true);
    return true;
end $$;

create function add_checkpoint(p_vid text, p_final boolean)
returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    number integer;
    before text;
    leaves text;
begin
    select max(n) + 1 into number from checkpoint where vid = p_vid;
    number := coalesce(number, 0);
    select head into before from checkpoint where vid = p_vid and n = number - 1;
    before := coalesce(before, p_vid);
    insert into ballot (vid, hash, slip, body, checkpoint)
    select vid, hash, slip, body, number from inbox where vid = p_vid order by hash;
    select coalesce(string_agg('"' || encode(hash, 'hex') || '"', ',' order by hash), '') into leaves
    from ballot where vid = p_vid and checkpoint = number;
    insert into checkpoint (vid, n, previous, head, final) values (p_vid, number, before,
        encode(sha256(convert_to('{"leaves":[' || leaves || '],"previous":"' || before || '"}', 'UTF8')), 'hex'),
        p_final);
    perform sort_inbox(p_vid);
end $$;

-- The inbox anew, without the ballots of one vote, in the order of hashes: new files, one transaction.
create function sort_inbox(p_without text)
returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    insert into waiting select * from inbox where vid is distinct from p_without order by vid, hash;
    truncate inbox;
    insert into inbox select * from waiting order by vid, hash;
    truncate waiting;
end $$;

create function list_running()
returns setof text language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select vid from vote where state <> 'closed' order by vid
$$;

-- The same between checkpoints; gives how many ballots lie there.
create function shuffle_inbox()
returns bigint language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(7239100002);
    perform sort_inbox(null);
    return (select count(*) from inbox);
end $$;

-- Ends the log of changes, in which the order still stands. On a server of somebody else only its
-- administrator can: there it ends when that server sees to it.
create function forget_changes()
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    -- Twice, as the server keeps the file before the one it is in.
    perform pg_switch_wal();
    checkpoint;
    perform pg_switch_wal();
    checkpoint;
exception when insufficient_privilege then
    null;
end $$;

-- What the box holds of a closed vote, by hash; nothing of one that is not.
create function list_ballots(p_vid text)
returns table (body bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select b.body from ballot b join vote v on v.vid = b.vid
    where b.vid = p_vid and v.state = 'closed' order by b.hash
$$;

grant execute on function name_box(text), receive_ballot(text, bytea, bytea, bytea), vote_state(text),
    vote_manifest(text), list_checkpoints(text) to stemme_box;
grant execute on function box_point(), publish_vote(bytea, timestamptz), move_vote(text, text),
    take_checkpoint(text, integer), close_vote(text), list_running(), shuffle_inbox(), forget_changes(), list_ballots(text),
    list_checkpoints(text), vote_manifest(text) to stemme_clerk;
