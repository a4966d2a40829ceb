"""The land of the earth in squares of five degrees, to draw member cities on.

A fact of geography as rows of text: the first row is 75°N to 70°N, the first column 170°W to
165°W, so that no continent is cut. `#` is a square that is mostly land.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

DEGREES = 5
NORTH = 75
WEST = -170

LAND = """\
.........####.#####....#######..................#.##########..##........
.#################.##..#####.........#####.############################.
.###############...##...##.........##################################...
..#....#########..####.............##.########################...##.....
........###############.........##.###########################...#......
.........############.............############################..........
.........###########............###.####..###################...........
.........##########.............##.#...###################.#............
..........########..............#####.#..#################..............
...........####................###########################..............
.............##................###############..#########...............
..............###..............##############....##..###................
................#..............#############.....#....##................
..................####..........############............................
..................######............#######...........#.##..............
..................########..........######............#.#....#..........
..................#########.........######....................##........
...................#######...........#####..................#...........
....................######..........######.#..............#####.........
....................######...........####..#.............#######........
....................####.............####................########.......
....................####..............##.................########.......
...................###........................................##........
...................##...................................................
...................##..................................................."""

ROWS = tuple(LAND.splitlines())
WIDTH = len(ROWS[0])
HEIGHT = len(ROWS)


def position(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a point lies on the map, in squares from its upper left corner."""
    return ((longitude - WEST) % 360 / DEGREES, (NORTH - latitude) / DEGREES)


@lru_cache(maxsize=32)
def spread(
    spots: tuple[tuple[float, float], ...], *, side: float, gap: float = 0.14, rounds: int = 400
) -> tuple[tuple[float, float], ...]:
    """Move squares of `side`, centred on `spots`, apart until none overlaps another.

    Each overlapping pair is pushed apart along the axis where it overlaps less, half each, so
    that cities keep their direction from one another. The result depends on nothing but its
    arguments. After `rounds` it is left as it is: a map too full to be drawn without overlaps.
    """
    apart = side + gap
    points = [[x, y] for x, y in spots]
    for _round in range(rounds):
        moved = False
        for (first, one), (second, other) in combinations(enumerate(points), 2):
            across, down = other[0] - one[0], other[1] - one[1]
            if abs(across) >= apart - 0.001 or abs(down) >= apart - 0.001:
                continue
            moved = True
            axis = 0 if abs(across) >= abs(down) else 1
            distance = (across, down)[axis]
            sign = 1 if distance > 0 or (distance == 0 and first < second) else -1
            push = (apart - abs(distance)) / 2
            one[axis] -= sign * push
            other[axis] += sign * push
        for point in points:
            point[0] = min(max(point[0], side / 2), WIDTH - side / 2)
            point[1] = min(max(point[1], side / 2), HEIGHT - side / 2)
        if not moved:
            break
    return tuple((x, y) for x, y in points)
