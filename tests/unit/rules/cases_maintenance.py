"""Wrong settings of maintenance, and those that are just right."""

from typing import Any

from tests.unit.rules.changes import case

_HERE = "maintenance"


def _windows(express_route: str, vpn: str, hours: int = 5, **more: Any) -> dict[str, Any]:
    return {_HERE: {"expressRoute": {"start": express_route}, "vpn": {"start": vpn, "hours": hours}, **more}}


def _overlap(later: str, earlier: str) -> str:
    return (
        f"error {_HERE}: {later} and {earlier} overlap: both gateways may be maintained at once; begin one when the "
        "other is over [MAINT-04]"
    )


MAINTENANCE = (
    case(
        "MAINT-01",
        _windows("24:00", "09:00"),
        f"error {_HERE}.expressRoute.start: '24:00' is no time of day such as '01:30' or '22:00' [MAINT-01]",
    ),
    *(
        case(
            "MAINT-01",
            {_HERE: {"vpn": {"start": "09:00", "hours": hours}}},
            f"error {_HERE}.vpn.hours: {hours} is outside 5 to 23 hours [MAINT-01]",
        )
        for hours in (4, 24)
    ),
    case(
        "MAINT-01",
        _windows("01:00", "09:00", timeZone="Europe/Berlin"),
        f"error {_HERE}.timeZone: 'Europe/Berlin' is no time zone's name in Windows, which Azure takes; such names are "
        "UTC and W. Europe Standard Time [MAINT-01]",
    ),
    *(
        case("MAINT-04", _windows(express_route, vpn, hours), told)
        for express_route, vpn, hours, told in (
            ("01:00", "05:59", 5, _overlap("05:59 to 10:59", "01:00 to 06:00")),
            ("22:00", "02:59", 5, _overlap("02:59 to 07:59", "22:00 to 03:00")),
            ("22:00", "03:01", 19, _overlap("03:01 to 22:01", "22:00 to 03:00")),
            ("01:00", "20:01", 5, _overlap("20:01 to 01:01", "01:00 to 06:00")),
            ("01:00", "01:00", 5, _overlap("01:00 to 06:00", "01:00 to 06:00")),
        )
    ),
)
