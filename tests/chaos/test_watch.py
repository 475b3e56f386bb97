"""What counts as a stall."""

from tests.chaos.watch import Commit, longest, longest_gap


def made(*commits: tuple[float, int]) -> dict[int, list[Commit]]:
    """One lane's commits: when, and up to which offset."""
    return {0: [Commit(at, at + 0.5, position) for at, position in commits]}


def test_a_gap_in_which_a_headline_waited_is_a_stall() -> None:
    stall = longest(made((10, 5), (17, 9)), {0: [(5, 9.0)]}, 0, 100)
    assert (stall.seconds, stall.lane, stall.begin) == (7, 0, 10)


def test_a_stall_begins_with_the_arrival_of_what_waited() -> None:
    assert longest(made((10, 5), (17, 9)), {0: [(4, 9.0), (6, 15.0)]}, 0, 100).seconds == 2


def test_a_commit_that_does_not_reach_what_waits_ends_no_stall() -> None:
    """A lane that is handed over is closed at 12: it writes down a position past the marks of a transaction."""
    stall = longest(made((10, 5), (12, 7), (17, 9)), {0: [(4, 8.0), (7, 9.0)]}, 0, 100)
    assert (stall.seconds, stall.begin) == (7, 10)


def test_what_is_never_reached_stalls_to_the_end() -> None:
    assert longest(made((10, 5), (12, 7)), {0: [(7, 11.0)]}, 0, 100).seconds == 89
    assert longest(made((10, 5), (12, 8)), {0: [(7, 11.0)]}, 0, 100).seconds == 1


def test_a_gap_without_input_is_none() -> None:
    assert longest(made((10, 5), (17, 9)), {0: [(4, 9.0)]}, 0, 100).seconds == 0


def test_it_counts_as_far_as_it_lies_in_the_stretch_asked_for() -> None:
    commits, arrivals = made((10, 5), (17, 9), (40, 12), (41, 13)), {0: [(5, 9.0), (9, 17.0), (12, 40.0)]}
    assert longest(commits, arrivals, 12, 16).seconds == 4
    assert longest(commits, arrivals, 40.5, 50).seconds == 0.5
    assert longest(commits, arrivals, 0, 50).seconds == 23


def test_by_the_observer_every_gap_counts() -> None:
    assert longest_gap(made((10, 5), (17, 5), (18, 5)), 0, 100).seconds == 7
    assert longest_gap(made((10, 5), (17, 5), (18, 5)), 12, 100).seconds == 5.5
