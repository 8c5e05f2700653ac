-- Votes as everybody may see them, and what is published when they are counted.

-- name: list_public_votes(panel)
-- role: stemme_resident
select panel, title, decides, sample, id, state, practise, manifest, vid, reason, frozen_on, collected
from public_votes($1);

-- name: find_bundle(vote)
-- role: stemme_resident
select body, digest, published_on from vote_bundle where vote = $1;

-- name: has_bundle(vote)
-- role: stemme_resident
select exists (select from vote_bundle where vote = $1);
