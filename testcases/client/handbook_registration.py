"""How a client comes to be registered, and what it answers with. Judged by the profile's values alone."""

from conformance.face.authoring import (
    MIRRORED,
    Registration,
    carries_readings,
    found_its_device,
    in_band,
    one_program,
    registered_last,
    require,
    sent,
    shows,
    test_case,
)


def reads(client, number):
    """Return the first request by which a client looks for its entry after an exchange."""
    looked = [*client.exchanges("EndDeviceList", "GET"), *client.exchanges("EndDevice", "GET")]
    return next((it for it in sorted(looked, key=lambda it: it.number) if it.number > number), None)


@test_case(
    id="REGISTRATION-001",
    title="A client that is in no list, in band",
    subject="client",
    requirements=[],
    flaws=[],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["EndDevice.registration"],
)
async def registration_001(utility, client, step, check, limits, clock):
    """Where devices register themselves, nobody enters them: one that waits is never seen.

    Steps
        1. Start the client against a server that does not know it, and that takes what registers itself; wait for its
           GET of the EndDeviceList.
        2. Wait for its POST of an EndDevice, which is answered 201 with a Location.
        3. See that it reads the list, or the new entry, again, and follows the links that are there.

    Passes when
        the client registers itself where the profile wants it in band, and does not where it wants it out of band.
    """
    utility.registration = Registration.IN_BAND
    one_program(utility, client.lfdi, pin=client.pin)
    with step(1):
        await client.start(within=limits.first_contact)
        listed = await client.seen("GET", ("EndDeviceList",), clock.now() + limits.discovery.duration)
        require(listed, "the client does not read the EndDeviceList")
    with step(2):
        await client.seen("POST", ("EndDeviceList",), clock.now() + limits.discovery.duration)
        posts = client.exchanges("EndDeviceList", "POST")
        for post in posts:
            check.schema_valid(post)
    with step(3):
        await found_its_device(client, utility, limits.discovery)
        check.registered_in_band(posts, reads(client, posts[0].number) if posts else None)


@test_case(
    id="REGISTRATION-002",
    title="A client that is in no list, out of band",
    subject="client",
    requirements=[],
    flaws=["posts_until_taken"],
    origin="ours",
    duration=["first_contact", "polling_window", "discovery"],
    instructions=["restart_client"],
    values=["EndDevice.registration"],
)
async def registration_002(utility, client, step, check, limits, clock):
    """An entry that a person makes may take days; a client that asks without pause, or gives up, misses it.

    Steps
        1. Start the client against a server that does not know it and refuses what registers itself; wait for its GET
           of the EndDeviceList.
        2. Watch it for a while: a POST of its EndDevice is answered 403.
        3. Enter it, and wait until it follows the links of its EndDevice.

    Passes when
        the client does not register itself where the profile wants it out of band, does not insist where both are
        allowed, and goes on by itself once it is entered.
    """
    with step(1):
        await client.start(within=limits.first_contact)
        listed = await client.seen("GET", ("EndDeviceList",), clock.now() + limits.discovery.duration)
        require(listed, "the client does not read the EndDeviceList")
    with step(2):
        await clock.wait(limits.polling_window.duration)
        posts = client.exchanges("EndDeviceList", "POST")
    with step(3):
        utility.register(client.lfdi, pin=client.pin)
        one_program(utility, client.lfdi, pin=client.pin)
        after = await found_its_device(client, utility, limits.recovery)
        check.registered_out_of_band(posts, after, limits.registration_tries)


@test_case(
    id="REGISTRATION-003",
    title="No Registration to compare the PIN with",
    subject="client",
    requirements=[],
    flaws=["needs_registration_link"],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["Registration.without_link"],
)
async def registration_003(utility, client, step, check, limits, clock):
    """Not every network hands out PINs; a client that insists on one is no client of theirs.

    Steps
        1. Start the client against a server whose EndDevice has no RegistrationLink, and wait for its GET of the
           EndDeviceList.
        2. Wait until it follows the other links of its EndDevice.

    Passes when
        the client carries on where the profile says so.
    """
    utility.register(client.lfdi, pin=client.pin, has_registration=False)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        listed = await client.seen("GET", ("EndDeviceList",), clock.now() + limits.discovery.duration)
        require(listed, "the client does not read the EndDeviceList")
    with step(2):
        after = await found_its_device(client, utility, limits.discovery)
        check.carried_on("Registration.without_link", "without a RegistrationLink", after)


@test_case(
    id="ENTRY-001",
    title="DeviceCapability is found where it was configured to be",
    subject="client",
    requirements=[],
    flaws=[],
    origin="ours",
    duration=["first_contact", "discovery"],
    instructions=["restart_client"],
    values=["DeviceCapability.href"],
)
async def entry_001(utility, client, step, check, limits, clock):
    """A path that is built in finds one server, and no other one.

    Steps
        1. Start the client.
        2. Wait for its GET of DeviceCapability at the path that it was given.

    Passes when
        DeviceCapability is read there. Where that is the usual path nothing is shown.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    entry = utility.entrance.path
    with step(1):
        await client.start(within=limits.first_contact)
    with step(2):
        until = clock.now() + limits.discovery.duration
        read = await client.seen("GET", ("DeviceCapability",), until, lambda it: it.path == entry)
        asked = client.exchanges(method="GET")
        require(asked, "the client asks for nothing")
        check.entered_as_configured(entry, read, asked)


@test_case(
    id="GATEWAY-001",
    title="One EndDevice for a gateway, whatever is behind it",
    subject="client",
    requirements=[],
    flaws=[],
    origin="ours",
    duration=["first_contact", "discovery", "reporting_window"],
    instructions=["restart_client"],
    values=["EndDevice.gateway"],
)
async def gateway_001(utility, client, step, check, limits, clock):
    """A network that limits a site counts its devices; a gateway that stands for each inverter is counted twice.

    Steps
        1. Start the client, which is entered, and wait until it follows the links of its EndDevice.
        2. Watch it for a while.

    Passes when
        it posts no EndDevice with another LFDI than its own.
    """
    registered_last(utility, client.lfdi, pin=client.pin)
    one_program(utility, client.lfdi)
    with step(1):
        await client.start(within=limits.first_contact)
        require(await found_its_device(client, utility, limits.discovery), "the client does not follow its EndDevice")
    with step(2):
        await clock.wait(limits.reporting_window.duration)
        check.one_device(client.exchanges("EndDeviceList", "POST"), client.lfdi)


@test_case(
    id="REGISTRATION-004",
    title="When the connection point is sent",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["ConnectionPoint"],
    origin="ours",
    duration=["first_contact", "discovery", "reporting_window"],
    instructions=["restart_client"],
    values=["ConnectionPoint.order"],
)
async def registration_004(utility, client, step, check, limits, clock):
    """A site is admitted by its connection point; what it reports before that belongs to nobody.

    Steps
        1. Start the client against a server that does not know it, and wait until it follows the links of the
           EndDevice that it registered.
        2. Watch it for a while: it sends its connection point and begins to report.

    Passes when
        the ConnectionPoint is put after the EndDevice was taken, and before the first reading or Response.
    """
    utility.registration = Registration.IN_BAND
    one_program(utility, client.lfdi, pin=client.pin)
    with step(1):
        await client.start(within=limits.first_contact)
        require(await found_its_device(client, utility, limits.discovery), "the client does not register itself")
    with step(2):
        await clock.wait(limits.reporting_window.duration)
        posts, puts = client.exchanges("EndDeviceList", "POST"), client.exchanges("ConnectionPoint", "PUT")
        posts_of_readings = [it for kind in MIRRORED for it in client.exchanges(kind, "POST") if carries_readings(it)]
        reported = [*posts_of_readings, *client.exchanges("ResponseList", "POST")]
        check.connection_point_in_order(next(iter(posts), None), next(iter(puts), None), reported)


@test_case(
    id="ELEMENTS-004",
    title="Elements of what a client registers",
    subject="client",
    requirements=[],
    flaws=[],
    origin="ours",
    duration=["first_contact", "discovery", "reporting_window"],
    instructions=["restart_client"],
    values=["EndDevice.*", "ConnectionPoint.*"],
)
async def elements_004(utility, client, step, check, limits, clock, values):
    """What a device leaves out when it registers itself, somebody has to look up and enter by hand.

    Steps
        1. Start the client against a server that does not know it, and wait until it follows the links of the
           EndDevice that it registered.
        2. Watch it for a while, and look at the elements of its EndDevice and of its ConnectionPoint, if it sent them.

    Passes when
        what came has all elements that the profile requires, and none that it forbids.
    """
    in_band(values)
    utility.registration = Registration.IN_BAND
    one_program(utility, client.lfdi, pin=client.pin)
    with step(1):
        await client.start(within=limits.first_contact)
        require(await found_its_device(client, utility, limits.discovery), "the client does not register itself")
    with step(2):
        await clock.wait(limits.reporting_window.duration)
        check.elements("EndDevice", sent(client, "EndDeviceList"), must_write=False)
        check.elements("ConnectionPoint", sent(client, "ConnectionPoint", "PUT"), must_write=False)


@test_case(
    id="RESPONSES-001",
    title="Codes of Responses",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["DER", "Response"],
    origin="ours",
    duration=["first_contact", "discovery", "control_lead", "control_duration", "response_deadline"],
    instructions=["restart_client"],
    values=["Response.status"],
)
async def responses_001(utility, client, step, check, limits, clock):
    """A code that a utility does not use is one that it does not understand, and the control counts as unanswered.

    Steps
        1. Start the client with two programs, and publish three controls of one time: one that will be carried out,
           one for the less urgent program, which it supersedes, and one after it, which will be cancelled.
        2. Wait until the client has read them, and cancel the last one.
        3. Wait until the first one has been received, started and completed, and the last one is over as well.
        4. Look at the codes of all its Responses.

    Passes when
        the client answers with codes that the profile allows, and no other.
    """
    device = registered_last(utility, client.lfdi, pin=client.pin)
    first = one_program(utility, client.lfdi)
    rival = utility.add_program(first.assignment, primacy=first.program.primacy + 1)
    lead, lasts = limits.control_lead.duration, limits.control_duration.duration
    with step(1):
        await client.start(within=limits.first_contact)
        require(await found_its_device(client, utility, limits.discovery), "the client does not follow its EndDevice")
        offers = ((rival, lead), (first.program, lead), (first.program, lead + lasts + lasts))
        _, carried_out, cancelled = [
            program.add_control({"opModMaxLimW": 6000}, starts_in=starts_in, duration=lasts, response_required=7)
            for program, starts_in in offers
        ]
    with step(2):
        for control in (carried_out, cancelled):
            read = await client.seen("GET", ("DERControlList", "DERControl"), carried_out.start, shows(control))
            require(read, "the client does not read the controls before they start")
        cancelled.cancel()
    with step(3):
        await clock.wait_until(cancelled.end + limits.response_deadline.duration)
    with step(4):
        require(device.assignments, "the client has no programs")
        check.statuses(client.exchanges("ResponseList", "POST"))
