-- What the staff feature asks of staff_account, staff_invitation, staff_session, staff_attempt
-- and audit_log.

-- name: insert_invitation(token, roles, expires_at)
-- role: stemme_staff
insert into staff_invitation (token, roles, expires_at) values ($1, $2, $3);

-- name: find_invitation(token, now)
-- role: stemme_staff
select roles from staff_invitation where token = $1 and used_at is null and expires_at > $2;

-- name: use_invitation(token, now)
-- role: stemme_staff
update staff_invitation set used_at = $2
where token = $1 and used_at is null and expires_at > $2
returning roles;

-- name: insert_account(login, password, roles)
-- role: stemme_staff
insert into staff_account (login, password, roles) values ($1, $2, $3)
on conflict (login) do nothing
returning id, login, roles, created_at, closed_at;

-- name: find_account_by_login(login)
-- role: stemme_staff
select id, login, roles, created_at, closed_at, password from staff_account where login = $1;

-- name: list_accounts()
-- role: stemme_staff
select id, login, roles, created_at, closed_at from staff_account order by closed_at is not null, login;

-- name: lock_accounts()
-- role: stemme_staff
select id from staff_account order by id for update;

-- name: close_account(id, now)
-- role: stemme_staff
update staff_account set closed_at = $2 where id = $1 and closed_at is null returning login;

-- name: reopen_account(id)
-- role: stemme_staff
update staff_account set closed_at = null where id = $1 and closed_at is not null returning login;

-- name: update_password(id, password)
-- role: stemme_staff
update staff_account set password = $2 where id = $1;

-- name: insert_session(token, account, csrf, now, expires_at)
-- role: stemme_staff
insert into staff_session (token, account, csrf, created_at, expires_at) values ($1, $2, $3, $4, $5);

-- name: find_session(token, now)
-- role: stemme_staff
select s.csrf, s.expires_at, a.id, a.login, a.roles, a.created_at, a.closed_at
from staff_session s join staff_account a on a.id = s.account
where s.token = $1 and s.expires_at > $2 and a.closed_at is null;

-- name: delete_session(token)
-- role: stemme_staff
delete from staff_session where token = $1 returning account;

-- name: delete_sessions_of(account)
-- role: stemme_staff
delete from staff_session where account = $1;

-- name: delete_old_sessions(now)
-- role: stemme_staff
delete from staff_session where expires_at <= $1;

-- name: lock_attempts()
-- role: stemme_staff
-- A row that only this role can lock; while there is none, there is nobody to sign in as.
select id from staff_account order by id limit 1 for no key update;

-- name: delete_old_attempts(before)
-- role: stemme_staff
delete from staff_attempt where at <= $1;

-- name: count_attempts(login, after)
-- role: stemme_staff
select count(*) filter (where login = $1) as mine, count(*) as everyones
from staff_attempt where at > $2;

-- name: insert_attempt(login, at)
-- role: stemme_staff
insert into staff_attempt (login, at) values ($1, $2);

-- name: delete_attempts_of(login)
-- role: stemme_staff
delete from staff_attempt where login = $1;

-- name: insert_entry(actor, act, subject, details)
-- role: stemme_staff
insert into audit_log (actor, act, subject, details) values ($1, $2, $3, $4);

-- name: list_entries(before, many)
-- role: stemme_staff
select l.id, l.at, coalesce(a.login, '') as login, l.act, l.subject, l.details
from audit_log l left join staff_account a on a.id = l.actor
where l.id < $1
order by l.id desc limit $2;
