-- Where people read. Every row is folded from the journal's records; dropping all of it loses nothing that the journal still has.
CREATE SCHEMA helpline;

-- How far the tables have come: one row, moved in the same transaction as what it speaks of.
CREATE TABLE helpline.projected (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL CHECK (seq >= 0)
);
INSERT INTO helpline.projected (seq) VALUES (0);

-- Every record as it was written, password hashes excepted.
CREATE TABLE helpline.events (
    seq bigint PRIMARY KEY,
    utc timestamptz NOT NULL,
    node integer NOT NULL,
    boot bigint NOT NULL,
    type text NOT NULL,
    journey text,
    obligation text,
    body jsonb NOT NULL
);
CREATE INDEX events_of_journey ON helpline.events (journey, seq) WHERE journey IS NOT NULL;
CREATE INDEX events_of_obligation ON helpline.events (obligation, seq) WHERE obligation IS NOT NULL;

-- One inbound call with all its legs.
CREATE TABLE helpline.journeys (
    journey text PRIMARY KEY,
    seq bigint NOT NULL UNIQUE,
    opened timestamptz NOT NULL,
    service text NOT NULL,
    synthetic boolean NOT NULL,
    open boolean NOT NULL,
    dialled text NOT NULL,
    trunk text NOT NULL,
    person text,
    caller text NOT NULL,
    class text NOT NULL,
    private boolean NOT NULL,
    flow text NOT NULL,
    settings_version text NOT NULL,
    calendar_version text NOT NULL,
    language text,
    topic text,
    danger boolean NOT NULL,
    queue text,
    waiting_since timestamptz,
    wait_ms bigint,
    operator text,
    talking_since timestamptz,
    talk_ms bigint,
    outcome text,
    ended timestamptz,
    ended_seq bigint,
    cause text,
    ended_by text
);
CREATE INDEX journeys_by_opened ON helpline.journeys (opened);
CREATE INDEX journeys_of_person ON helpline.journeys (person, seq) WHERE person IS NOT NULL;

-- One ring at one operator.
CREATE TABLE helpline.offers (
    offer text PRIMARY KEY,
    seq bigint NOT NULL,
    journey text NOT NULL,
    operator text NOT NULL,
    offered timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended timestamptz,
    how text,
    why text
);
CREATE INDEX offers_of_journey ON helpline.offers (journey, seq);

-- A conversation that we owe to a person.
CREATE TABLE helpline.obligations (
    obligation text PRIMARY KEY,
    seq bigint NOT NULL UNIQUE,
    opened timestamptz NOT NULL,
    journey text NOT NULL,
    person text,
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'in_hand', 'discharged')),
    reason text NOT NULL,
    operator text,
    changed timestamptz NOT NULL,
    changed_seq bigint NOT NULL,
    discharged_by text
);
CREATE INDEX obligations_by_state ON helpline.obligations (state, seq);

-- Which journeys an obligation speaks of: the one that opened it, and those merged into it.
CREATE TABLE helpline.obligation_journeys (
    obligation text NOT NULL,
    journey text NOT NULL,
    PRIMARY KEY (obligation, journey)
);
CREATE INDEX obligations_of_journey ON helpline.obligation_journeys (journey);

-- What one leg's media was like in one journey (a desk's leg serves many).
CREATE TABLE helpline.legs (
    journey text NOT NULL,
    leg text NOT NULL,
    role text NOT NULL,
    measured timestamptz NOT NULL,
    received bigint NOT NULL,
    lost bigint NOT NULL,
    sent bigint NOT NULL,
    jitter_ms real NOT NULL,
    PRIMARY KEY (journey, leg)
);

-- Who signs in; without anything that lets them.
CREATE TABLE helpline.users (
    operator text PRIMARY KEY,
    name text NOT NULL,
    roles text[] NOT NULL,
    skills text[] NOT NULL,
    added timestamptz NOT NULL,
    disabled timestamptz
);

-- The call log, with the most pressing of what is owed for each journey.
CREATE VIEW helpline.calls AS
SELECT j.*, (
    SELECT o.state
    FROM helpline.obligation_journeys l JOIN helpline.obligations o USING (obligation)
    WHERE l.journey = j.journey
    ORDER BY array_position(ARRAY['open', 'in_hand', 'discharged'], o.state)
    LIMIT 1
) AS obligation
FROM helpline.journeys j;

-- What we owe, with the caller of the journey that opened it. Why it is open says its last change or, where a journey has ended since
-- without being put through, how that one ended.
CREATE VIEW helpline.owed AS
SELECT o.obligation, o.seq, o.opened, o.journey, o.kind, o.state, j.synthetic, j.caller, j.language, j.topic,
    (SELECT count(*) FROM helpline.obligation_journeys l WHERE l.obligation = o.obligation) AS journeys,
    coalesce(
        (
            SELECT e.cause
            FROM helpline.obligation_journeys l JOIN helpline.journeys e USING (journey)
            WHERE o.state = 'open' AND l.obligation = o.obligation AND e.ended_seq > o.changed_seq
            ORDER BY e.ended_seq DESC
            LIMIT 1
        ),
        o.reason
    ) AS reason
FROM helpline.obligations o JOIN helpline.journeys j USING (journey);
