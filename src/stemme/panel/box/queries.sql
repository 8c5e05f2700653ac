-- What the door and the clerk ask of the ballot box. Runs in the box's own database.

-- name: name_box(point)
-- role: stemme_box
select name_box($1);

-- name: receive_ballot(vid, hash, slip, body)
-- role: stemme_box
select receive_ballot($1, $2, $3, $4);

-- name: find_state(vid)
-- role: stemme_box
select state, ballots from vote_state($1);

-- name: find_manifest(vid)
-- role: stemme_box
select vote_manifest($1);

-- name: list_checkpoints(vid)
-- role: stemme_box
select n, previous, leaves, head, final from list_checkpoints($1);

-- name: fetch_point()
-- role: stemme_clerk
select box_point();

-- name: publish_vote(manifest, last)
-- role: stemme_clerk
select publish_vote($1, $2);

-- name: move_vote(vid, state)
-- role: stemme_clerk
select move_vote($1, $2);

-- name: take_checkpoint(vid, least)
-- role: stemme_clerk
select take_checkpoint($1, $2);

-- name: close_vote(vid)
-- role: stemme_clerk
select close_vote($1);

-- name: list_running()
-- role: stemme_clerk
select list_running();

-- name: shuffle_inbox()
-- role: stemme_clerk
select shuffle_inbox();

-- name: forget_changes()
-- role: stemme_clerk
select forget_changes();

-- name: list_ballots(vid)
-- role: stemme_clerk
select body from list_ballots($1);
