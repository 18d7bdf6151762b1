"""A program with its controls, curves and default (``DERProgram``, IEEE 2030.5-2018, 10.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from conformance.roles.utility.context import Context, seconds
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_curve import MOST_POINTS, DERCurve, Points
from conformance.roles.utility.event_status import Timing
from conformance.roles.utility.modes import Modes, check_modes, control_base, default_settings, in_extension
from conformance.roles.utility.paging import Entry, list_document
from conformance.roles.utility.response_set import ResponseSet
from conformance.roles.utility.tree import Audience, Call, Endpoint
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.mrid import normal_mrid
from conformance.wire.payload import element


@dataclass(frozen=True, slots=True)
class Default:
    """What holds when no event is active: modes, and the settings that only a default has."""

    mrid: str
    modes: Modes
    settings: dict[str, int]
    description: str | None = None


class DERProgram:
    """A program. Lower ``primacy`` wins. Everything in it can be changed while clients watch."""

    def __init__(
        self,
        context: Context,
        audience: Audience,
        responses: ResponseSet,
        *,
        primacy: int,
        description: str | None = None,
        mrid: str | None = None,
    ) -> None:
        self._context = context
        self._audience = audience
        self.responses = responses
        self.primacy = primacy
        self.description = description
        self.mrid = normal_mrid(mrid) if mrid else context.addresses.mrid()
        self.default: Default | None = None
        self.controls: list[DERControl] = []
        self.curves: list[DERCurve] = []
        words = ("derp", "dderc", "derc", "dc")
        self.path, self.default_path, self.controls_path, self.curves_path = map(context.addresses.path, words)
        self._serve("DERProgram", self.path, lambda call: self.write())
        self._serve("DERControlList", self.controls_path, self._control_list)
        self._serve("DERCurveList", self.curves_path, self._curve_list)

    def set_default(
        self, modes: Modes | None = None, *, description: str | None = None, mrid: str | None = None, **settings: int
    ) -> Default:
        """Offer a default, or replace it. ``settings`` are elements such as ``setGradW``. Raises ``UsageError``."""
        modes = in_extension(modes or {}, self._context.extension)
        check_modes(modes)
        default_settings(settings)
        kept = self.default.mrid if self.default else self._context.addresses.mrid()
        self.default = Default(normal_mrid(mrid) if mrid else kept, modes, settings, description)
        self._serve("DefaultDERControl", self.default_path, lambda call: self._write_default())
        return self.default

    def clear_default(self) -> None:
        """Withdraw the default and its link."""
        self.default = None
        self._context.tree.remove(self.default_path)

    def add_curve(
        self,
        curve_type: int,
        points: Points,
        *,
        x_multiplier: int = 0,
        y_multiplier: int = 0,
        y_ref_type: int = 0,
        open_loop_tms: int | None = None,
        autonomous_vref_enable: bool | None = None,
        autonomous_vref_time_constant: int | None = None,
        description: str | None = None,
        mrid: str | None = None,
    ) -> DERCurve:
        """Add a curve of one to ten points (x, y). Raises ``UsageError`` for any other number."""
        if not 1 <= len(points) <= MOST_POINTS:
            raise UsageError(explain("Adding a curve.", "1 to 10 points", str(len(points)), "correct the scenario"))
        addresses = self._context.addresses
        curve = DERCurve(
            path=addresses.path("curve"),
            mrid=normal_mrid(mrid) if mrid else addresses.mrid(),
            description=description,
            creation_time=self._context.now_s(),
            curve_type=curve_type,
            points=tuple(points),
            x_multiplier=x_multiplier,
            y_multiplier=y_multiplier,
            y_ref_type=y_ref_type,
            open_loop_tms=open_loop_tms,
            autonomous_vref_enable=autonomous_vref_enable,
            autonomous_vref_time_constant=autonomous_vref_time_constant,
        )
        self.curves.append(curve)
        self._serve("DERCurve", curve.path, lambda call: curve.write())
        return curve

    def add_control(
        self,
        modes: Modes,
        *,
        duration: timedelta,
        start: datetime | None = None,
        starts_in: timedelta = timedelta(0),
        response_required: int | None = None,
        randomize_start_s: int | None = None,
        randomize_duration_s: int | None = None,
        description: str | None = None,
        category: str | None = None,
        mrid: str | None = None,
    ) -> DERControl:
        """Add an event that starts at a moment, or some time from now (at once if nothing is said).

        Raises:
            UsageError: unknown mode or a value of the wrong kind.
        """
        modes = in_extension(modes, self._context.extension)
        check_modes(modes)
        now, addresses = self._context.now_s(), self._context.addresses
        begins = now + int(starts_in.total_seconds()) if start is None else seconds(start)
        length = int(duration.total_seconds())
        control = DERControl(
            path=addresses.path("derc"),
            mrid=normal_mrid(mrid) if mrid else addresses.mrid(),
            timing=Timing(now, begins, length, randomize_start_s or 0, randomize_duration_s or 0),
            modes=modes,
            reply_to=self.responses.list_path,
            now_s=self._context.now_s,
            siblings=lambda: self.controls,
            published_at=self._context.clock.now(),
            touched=self._context.tree.touched,
            description=description,
            response_required=response_required,
            randomize_start_s=randomize_start_s,
            randomize_duration_s=randomize_duration_s,
            category=category,
        )
        self.controls.append(control)
        self._serve("DERControl", control.path, lambda call: control.write(), lambda: control.listed)
        return control

    def remove(self, control: DERControl) -> None:
        """Let an event vanish from its list. That is no cancellation (EVENT.026)."""
        self.controls.remove(control)
        self._context.tree.remove(control.path)

    def withdraw(self) -> None:
        """Take the program and all below it out of the tree."""
        below = [*(control.path for control in self.controls), *(curve.path for curve in self.curves)]
        for path in (self.path, self.default_path, self.controls_path, self.curves_path, *below):
            self._context.tree.remove(path)

    def write(self) -> etree._Element:
        """Write the ``DERProgram``."""
        listed = sum(control.listed for control in self.controls)
        return element(
            "DERProgram",
            element("mRID", self.mrid),
            element("description", self.description) if self.description else None,
            element("DefaultDERControlLink", href=self.default_path) if self.default else None,
            element("DERControlListLink", href=self.controls_path, all=listed),
            element("DERCurveListLink", href=self.curves_path, all=len(self.curves)),
            element("primacy", self.primacy),
            href=self.path,
            subscribable=str(int(self._context.subscribable)),
        )

    def entry(self) -> Entry:
        """Return the program as a list entry: by primacy, then mRID descending."""
        return Entry((self.primacy, -int(self.mrid, 16)), self.write)

    def _serve(
        self,
        kind: str,
        path: str,
        get: Callable[[Call], etree._Element],
        alive: Callable[[], bool] = lambda: True,
    ) -> None:
        self._context.tree.add(Endpoint(kind=kind, path=path, get=get, audience=self._audience, alive=alive))

    def _control_list(self, call: Call) -> etree._Element:
        entries: Iterable[Entry] = (control.entry() for control in self.controls if control.listed)
        offered = self._context.subscribable
        return list_document(
            "DERControlList", self.controls_path, entries, call.query, subscribable=True, offered=offered
        )

    def _curve_list(self, call: Call) -> etree._Element:
        entries = (curve.entry() for curve in self.curves)
        return list_document("DERCurveList", self.curves_path, entries, call.query)

    def _write_default(self) -> etree._Element:
        default = self.default
        assert default is not None, "the default's path is in the tree only while there is one"
        return element(
            "DefaultDERControl",
            element("mRID", default.mrid),
            element("description", default.description) if default.description else None,
            control_base(default.modes),
            *default_settings(default.settings),
            href=self.default_path,
            subscribable=str(int(self._context.subscribable)),
        )
