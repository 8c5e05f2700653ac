"""What the embedded server keeps from our roles: counts of rows, sizes, and room for large objects.

Only a superuser can close these, and nobody can sign in as one: it is done when the data is made.
"""

from __future__ import annotations

_FUNCTIONS = r"""
do $$ declare one regprocedure; begin
for one in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
and (proname ~ '^pg_stat_get_(?!activity$|backend_)'
or proname ~ '^pg_(relation|table|indexes|total_relation)_size$'
or proname ~ '^lo_(creat|create|from_bytea)$') loop
execute format('revoke execute on function %s from public', one);
execute format('grant execute on function %s to pg_monitor, stemme_owner', one);
end loop; end $$
"""
# The planner's estimates are exact for a table that was just written anew.
_COLUMNS = """
do $$ declare kept text; begin
select string_agg(quote_ident(attname), ', ') into kept from pg_attribute
where attrelid = 'pg_class'::regclass and attnum > 0 and not attisdropped
and attname not in ('reltuples', 'relpages', 'relallvisible', 'relallfrozen');
revoke select on pg_class from public;
execute format('grant select (%s) on pg_class to public', kept);
grant select on pg_class to pg_monitor, stemme_owner; end $$
"""
# The owner may begin a new file of the log of changes, so that the old one can go.
_SWITCH = "grant execute on function pg_switch_wal() to stemme_owner"

STATEMENTS = "".join(" ".join(one.split()) + ";\n" for one in (_FUNCTIONS, _COLUMNS, _SWITCH))
"""For every database made from the one they are run in; one statement a line."""

CHECKPOINT = "grant pg_checkpoint to stemme_owner;\n"
"""Lets the owner end the log of changes at once; for the ballot box."""
