"""How the embedded servers are set: what they keep, what they never write down."""

from __future__ import annotations

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "max_connections": "60",
    # A server log must never hold a piece of an answer: no statements, no "failing row contains".
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    # The log of changes holds what was deleted: its files go when they are no longer needed.
    "wal_recycle": "off",
    "min_wal_size": "32MB",
}
"""For every embedded server."""

BOX_SETTINGS = {
    # Nothing here may tell when, or in what order, ballots came: no counts of use, no times of
    # commits, a log of changes that ends at once, and a server log of failures alone.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2MB",
    "min_wal_size": "2MB",
    "checkpoint_timeout": "30s",
    "track_commit_timestamp": "off",
    "track_activities": "off",
    "track_counts": "off",
    # Without counts it could do nothing; tables are written anew instead.
    "autovacuum": "off",
    "log_checkpoints": "off",
    "log_min_messages": "fatal",
    "log_line_prefix": "",
    "max_connections": "30",
    "shared_buffers": "16MB",
}
"""For the ballot box, besides the settings above."""

UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Its worker would keep a test's database from being dropped.
    "autovacuum": "off",
}
"""For tests: fast, and gone with the first power cut."""
