-- The panel: members, their codes and sessions; votes up to their freezing; the roll and who has collected.
-- Nothing here has a time: a day at the most. What moves a vote after freezing is in 0009.

-- Members ---------------------------------------------------------------------------------------

create table panel (
    panel   text primary key check (panel ~ '^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$'),
    title   text not null check (length(title) between 1 and 120),
    -- Who decides in the end, as every page of a vote says it.
    decides text not null check (length(decides) between 1 and 500),
    -- Whether members of 13 to 15 need the consent of their guardians to take part.
    consent boolean not null default true,
    sample  boolean not null default false
);

-- A name as the panel calls them, an age band, and the day a consent was seen: nothing else of a person.
create table panel_member (
    panel        text not null,
    member       uuid not null default gen_random_uuid(),
    name         text not null check (length(name) between 1 and 60),
    band         text not null check (band in ('13-15', '16-17', '18-19', 'adult')),
    role         text not null default 'member' check (role in ('member', 'chair', 'facilitator')),
    consented_on date,
    joined_on    date not null default current_date,
    left_on      date,
    primary key (panel, member)
);
create unique index panel_member_name on panel_member (panel, lower(name)) where left_on is null;

-- One code a member; a new one ends the old. Only a keyed digest is kept.
create table panel_code (
    panel   text  not null,
    member  uuid  not null,
    digest  bytea not null check (length(digest) = 32),
    made_on date  not null default current_date,
    primary key (panel, member)
);
create unique index panel_code_digest on panel_code (digest);

-- Ends on a day: when somebody signed in is not kept.
create table panel_session (
    token   bytea primary key check (length(token) = 32),
    panel   text  not null,
    member  uuid  not null,
    csrf    text  not null,
    ends_on date  not null
);
create index panel_session_member on panel_session (panel, member);

-- Codes that nobody has, by the digest of what the browser is known by; no address.
create table panel_attempt (
    tried bytea not null,
    at    timestamptz not null default now()
);
create index panel_attempt_tried on panel_attempt (tried, at);

-- Votes -----------------------------------------------------------------------------------------

-- `draft` is what is being planned; from freezing on the manifest alone says what is voted on, and how.
create table vote (
    panel       text not null,
    id          text primary key check (id ~ '^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$'),
    state       text not null default 'draft'
                check (state in ('draft', 'frozen', 'open', 'closing', 'sealed', 'counted', 'annulled')),
    practise    boolean not null default false,
    -- What it comes from, such as proposals/<round>; empty when it was written here.
    source      text not null default '',
    draft       jsonb not null,
    manifest    bytea,
    vid         text unique check (vid ~ '^[0-9a-f]{64}$'),
    reason      text not null default '',
    made_on     date not null default current_date,
    frozen_on   date,
    open_asked  boolean not null default false,
    close_asked boolean not null default false,
    check ((manifest is null) = (vid is null)),
    check (manifest is null or vid = encode(sha256(manifest), 'hex')),
    check (state in ('draft', 'annulled') or manifest is not null),
    check (state <> 'annulled' or reason <> '')
);
create index vote_panel on vote (panel);

-- What has been published is never changed, and an asked-for step never taken back.
create function keep_frozen() returns trigger language plpgsql as $$
begin
    if old.state <> 'draft' and (old.panel, old.id, old.practise, old.source, old.draft, old.manifest,
            old.vid, old.made_on, old.frozen_on) is distinct from (new.panel, new.id, new.practise,
            new.source, new.draft, new.manifest, new.vid, new.made_on, new.frozen_on)
        or old.state <> 'draft' and new.state = 'draft'
        or old.state in ('counted', 'annulled') and (new.state, new.reason) <> (old.state, old.reason)
        or old.open_asked and not new.open_asked or old.close_asked and not new.close_asked then
        raise exception 'vote % is frozen', old.id using errcode = 'insufficient_privilege';
    end if;
    -- The staff door freezes, and annuls what has not been opened; the rest is the clerk's.
    if current_user = 'stemme_staff' and new.state <> old.state
        and (old.state, new.state) not in
            (('draft', 'frozen'), ('draft', 'annulled'), ('frozen', 'annulled')) then
        raise exception 'the staff door cannot move vote % so', old.id
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger vote_keep_frozen before update on vote for each row execute function keep_frozen();

-- The roll as it was frozen. No time and no number: only that a slip was signed, and for which blinded value.
-- `locker` is what the phone sealed with words that only its owner has; `drawn` is a slip of paper instead.
create table vote_roll (
    vote            text  not null,
    member          uuid  not null,
    salt            bytea not null check (length(salt) = 16),
    blinded_hash    bytea check (length(blinded_hash) = 32),
    blind_signature bytea,
    locker          bytea check (length(locker) <= 4096),
    drawn           boolean not null default false,
    primary key (vote, member),
    check (not drawn or blinded_hash is null),
    check ((blinded_hash is null) = (blind_signature is null))
);

-- The key that signs slips, sealed with a secret of the staff door; gone when the vote is closed.
create table vote_key (
    vote   text primary key,
    sealed bytea not null
);

-- The tally key where no holders have it: of practise votes, and where the page says so.
create table vote_server_key (
    vote   text primary key,
    secret bytea not null check (length(secret) = 32)
);

-- A member of a frozen vote may take nothing out of its roll, nor come in.
create function keep_roll() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if (old.vote, old.member, old.salt) is distinct from (new.vote, new.member, new.salt)
            or old.blinded_hash is not null and (old.blinded_hash, old.blind_signature)
                is distinct from (new.blinded_hash, new.blind_signature)
            or old.drawn and not new.drawn then
            raise exception 'the roll of vote % is frozen', old.vote using errcode = 'insufficient_privilege';
        end if;
    elsif (select state from vote where id = new.vote) is distinct from 'draft' then
        raise exception 'the roll of vote % is frozen', new.vote using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger vote_roll_kept before insert or update on vote_roll
    for each row execute function keep_roll();

-- What everybody may see ------------------------------------------------------------------------

-- Votes with a manifest; drafts, and drafts that were given up, are the panel's own.
-- `collected` is floored to fives until the vote is counted.
create function public_votes(p_panel text default null)
returns table (panel text, title text, decides text, sample boolean, id text, state text, practise boolean,
    manifest bytea, vid text, reason text, frozen_on date, collected bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select p.panel, p.title, p.decides, p.sample, v.id, v.state, v.practise, v.manifest, v.vid, v.reason,
        v.frozen_on,
        (select case when v.state = 'counted' then count(*) else count(*) / 5 * 5 end
         from vote_roll r where r.vote = v.id and r.blinded_hash is not null)
    from vote v join panel p on p.panel = v.panel
    where v.manifest is not null and (p_panel is null or v.panel = p_panel)
    order by v.frozen_on desc, v.id
$$;

-- Who may ---------------------------------------------------------------------------------------

grant execute on function public_votes(text) to stemme_resident, stemme_staff;
grant select, insert (panel, title, decides, consent), update (title, decides, consent) on panel to stemme_staff;
grant select, insert (panel, name, band, role, consented_on),
    update (name, band, role, consented_on, left_on) on panel_member to stemme_staff;
grant select, insert (panel, member, digest), update (digest, made_on), delete on panel_code to stemme_staff;
grant select, insert, delete on panel_session to stemme_staff;
grant select, insert, delete on panel_attempt to stemme_staff;
grant select, insert (panel, id, practise, source, draft), update (state, draft, manifest, vid, reason,
    frozen_on, open_asked, close_asked) on vote to stemme_staff;
grant select, insert (vote, member, salt), update (blinded_hash, blind_signature, locker, drawn)
    on vote_roll to stemme_staff;
grant select, insert on vote_key to stemme_staff;
grant insert on vote_server_key to stemme_staff;
