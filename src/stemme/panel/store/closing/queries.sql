-- What the clerk asks of votes after they were frozen, and what the staff door hands in for them.

-- name: list_votes()
-- role: stemme_clerk
select id, state, manifest, vid, practise, open_asked, close_asked, lost_asked, opened_at, closing_at, checked_at, now
from clerk_votes();

-- name: keep_box_point(point)
-- role: stemme_clerk
select keep_box_point($1);

-- name: open_vote(vote)
-- role: stemme_clerk
select open_vote($1);

-- name: note_checkpoint(vote)
-- role: stemme_clerk
select note_checkpoint($1);

-- name: begin_closing(vote)
-- role: stemme_clerk
select begin_closing($1);

-- name: seal_vote(vote, ballots, checkpoints)
-- role: stemme_clerk
select seal_vote($1, $2, $3);

-- name: find_sealed(vote)
-- role: stemme_clerk
select manifest, ballots, checkpoints, collected, drawn, secret from sealed_vote($1);

-- name: list_shares(vote)
-- role: stemme_clerk
select at, value from list_shares($1);

-- name: publish_bundle(vote, body)
-- role: stemme_clerk
select publish_bundle($1, $2);

-- name: annul_vote(vote, reason, body)
-- role: stemme_clerk
select annul_vote($1, $2, $3);

-- name: hand_in_share(vote, at, value)
-- role: stemme_staff
select hand_in_share($1, $2, $3);

-- name: give_up_vote(vote)
-- role: stemme_staff
select give_up_vote($1);
