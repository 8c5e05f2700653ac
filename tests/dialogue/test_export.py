"""Exports of conversations: what is read, and how a wrong file is complained about."""

from __future__ import annotations

import pytest

from stemme import cli
from stemme.dialogue import files
from stemme.errors import ContentWrong

WRONG = {
    "empty": ("", 1, "the file is empty"),
    "no participant": ("who,0\n1,1\n", 1, "no column is called participant"),
    "no statement": ("participant,group-id\n1,0\n", 1, "no column is a statement"),
    "statement twice": ("participant,0,0\n1,1,1\n", 1, "two columns are called 0"),
    "nobody": ("participant,0\n", 1, "there is no participant"),
    "participant twice": ("participant,0\n1,1\n1,0\n", 3, "the participant 1 stands here twice"),
    "no name": ("participant,0\n,1\n", 2, "the row has no participant"),
    "odd vote": ("participant,0,1\n1,1,0\n2,2,0\n", 3, "column 0 holds '2'"),
    "short row": ("participant,0,1\n1,1\n", 2, "2 cells where the first line has 3"),
    "odd long vote": ("comment-id,voter-id,vote\n0,1,1\n0,2,5\n", 3, "a vote is a statement"),
    "odd time": ("timestamp,comment-id,voter-id,vote\nnow,0,1,1\n", 2, "the timestamp 'now'"),
    "no vote": ("comment-id,voter-id,vote\n", 1, "there is no vote"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_names_its_line(tmp_path, capsys, name):
    """Each complaint has file and line, and the command then gives 1."""
    text, line, said = WRONG[name]
    path = tmp_path / "votes.csv"
    path.write_text(text)
    assert 1 == cli.main(["dialogue-map", str(path)])
    assert capsys.readouterr().err.startswith(f"{path}:{line}: {said}")


def test_other_encodings_and_missing_files(tmp_path):
    """What is no UTF-8 names its line, and what is not there says so."""
    path = tmp_path / "votes.csv"
    path.write_bytes(b"participant,0\n1,1\n\xe6,1\n")
    with pytest.raises(ContentWrong, match=r"votes\.csv:3: not UTF-8"):
        files.read(path)
    with pytest.raises(ContentWrong, match=r"cannot be read"):
        files.read(tmp_path / "none.csv")


def test_moderation_comes_from_the_file_beside(tmp_path):
    """Statements are told from comments.csv; words with line breaks keep later lines right."""
    (tmp_path / "v.csv").write_text("﻿participant,group-id,0,1\r\n7,,1,\r\n8,,-1,0\r\n")
    comments = tmp_path / "comments.csv"
    comments.write_text('comment-id,moderated,comment-body\n0,1,"to\nlinjer"\n1,-1,bort\n')
    read = files.read(tmp_path / "v.csv")
    assert (("7", "8"), (0, 1)) == (read.people, read.statements)
    assert [[1, 9], [-1, 0]] == read.reactions.tolist()
    assert [("to\nlinjer", False), ("bort", True)] == [tuple(read.remarks[one]) for one in (0, 1)]
    comments.write_text('comment-id,moderated,comment-body\n0,1,"to\nlinjer"\n1,7,bort\n')
    with pytest.raises(ContentWrong, match=r"comments\.csv:4: moderated is '7'"):
        files.read(tmp_path / "v.csv")


def test_the_last_vote_counts(tmp_path):
    """In the long file a later vote replaces an earlier one, wherever it stands."""
    path = tmp_path / "votes.csv"
    path.write_text(
        "timestamp,datetime,comment-id,voter-id,vote\n20,x,0,a,-1\n10,x,0,a,1\n5,x,1,b,0\n"
    )
    read = files.read(path)
    assert (("a", "b"), [[-1, 9], [9, 0]]) == (read.people, read.reactions.tolist())
