"""Parameters of a car-like body: what distinguishes a hatchback from a bus, as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from roadmark.world.lofts import Look

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Glass:
    """One side window, as fractions of the vehicle's length from the nose.

    Attributes:
        base: Where it starts and ends along the belt line.
        top: Where it starts and ends along the roof.
        glazed: False for a closed panel in its place.
    """

    base: tuple[float, float]
    top: tuple[float, float]
    glazed: bool = True


@dataclass(frozen=True, slots=True)
class Cabin:
    """The upper body above the belt line.

    Attributes:
        base: Start and end along the belt line, as fractions of the length from the nose.
        top: Start and end of the roof.
        windows: Side windows from front to rear.
        width: Half width at base and roof over the lower body's half width.
        camber: How far the roof's front and rear edges lie below its highest point, metres.
        bow: How far the middle of the windscreen and of the rear window stand out, metres.
        rail: Radius of the roof's long edges, metres.
        taper: Share of the width lost towards the rear end.
        rear_glass: Whether the rear has a window.
        rows: Heights of window bottom and window top, as shares of the cabin's height.
        screen_top: Share of the cabin's height the windscreen reaches.
        dark_roof: Whether the roof is glass.
        pillar: Width of the windscreen's pillars, metres.
        look: Look of pillars and roof where it is not the paint.
    """

    base: tuple[float, float] = (0.30, 0.90)
    top: tuple[float, float] = (0.47, 0.78)
    windows: tuple[Glass, ...] = ()
    width: tuple[float, float] = (0.93, 0.72)
    camber: tuple[float, float] = (0.06, 0.08)
    bow: tuple[float, float] = (0.16, 0.10)
    rail: float = 0.06
    taper: float = 0.06
    rear_glass: bool = True
    rows: tuple[float, float] = (0.14, 0.86)
    screen_top: float = 0.93
    dark_roof: bool = False
    pillar: float = 0.07
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Lamps:
    """Where lamps and openings of front and rear lie, as cells of the fascia (rows from below, columns from outside).

    Attributes:
        head: Rows and columns of the head lamps.
        tail: Rows and columns of the tail lamps.
        grille: Rows and columns of the grille; no columns for none.
        tail_bar: Whether the tail lamps are joined by a dark band.
        round_radius: Radius of round head lamps laid on the front instead, metres; 0 for none.
    """

    head: tuple[tuple[int, ...], tuple[int, ...]] = ((4,), (0, 1, 2))
    tail: tuple[tuple[int, ...], tuple[int, ...]] = ((4,), (0, 1, 2))
    grille: tuple[tuple[int, ...], tuple[int, ...]] = ((3, 4), (3, 4))
    tail_bar: bool = False
    round_radius: float = 0.0


@dataclass(frozen=True, slots=True)
class CarShape:
    """A car-like body.

    Attributes:
        top: Hood, belt and deck line: (fraction of length from the nose, fraction of height).
        cabin: The upper body.
        nose: Front profile: (fraction of height, metres set back from the foremost point).
        tail: Rear profile, likewise.
        width: Half width of the lower body over the box's (mirrors fill the rest).
        sill: Height of the lower edge, metres.
        corner: Length of the rounded front and rear corners, metres.
        corner_share: Share of the half width the corners take, front and rear.
        drop: How far the shoulders lie below the top line, metres.
        front_rows: Row levels at the front, as shares of the height between lower edge and top line.
        side_rows: Row levels along the side.
        rear_rows: Row levels at the rear.
        doors: Door gaps, as fractions of the length.
        lamps: Lamps and grille.
        flare: How far the wheel arches stand out, metres.
        arch_gap: Space between tyre and arch, metres.
        cladding: Whether arches and sills are unpainted plastic.
        bumpers: "painted", "plastic" or "chrome".
        angular: Whether facets stay flat.
        spokes: Spokes of the rims; 0 for plain steel discs.
        tyre_width: Metres.
        door_look: Look of the doors where it is not the paint.
        glass_door: Whether the space between the last two door gaps on the right is a bus door.
        twin_rear: Whether the rear wheels are twins.
        spare_wheel: Whether a spare wheel hangs at the rear.
    """

    top: Points
    cabin: Cabin
    nose: Points
    tail: Points
    width: float = 0.93
    sill: float = 0.20
    corner: tuple[float, float] = (0.45, 0.35)
    corner_share: tuple[float, float] = (0.34, 0.26)
    drop: float = 0.07
    front_rows: tuple[float, ...] = (0.0, 0.10, 0.34, 0.48, 0.64, 0.90, 1.0)
    side_rows: tuple[float, ...] = (0.0, 0.10, 0.34, 0.52, 0.70, 0.87, 1.0)
    rear_rows: tuple[float, ...] = (0.0, 0.12, 0.34, 0.50, 0.66, 0.90, 1.0)
    doors: tuple[float, ...] = ()
    lamps: Lamps = field(default_factory=Lamps)
    flare: float = 0.015
    arch_gap: float = 0.055
    cladding: bool = False
    bumpers: str = "painted"
    angular: bool = False
    spokes: int = 5
    tyre_width: float = 0.22
    door_look: Look | None = None
    glass_door: bool = False
    spare_wheel: bool = False
    twin_rear: bool = False
