-- What we owe, with what is known for calling back: plans, lists, attempts, promises, marks on numbers.

-- An attempt is a journey that we begin, to keep an obligation; `attempt_of` tells them apart from calls that came in, which figures count.
ALTER TABLE helpline.journeys
    ADD COLUMN attempt_of text,
    ADD COLUMN noticed boolean NOT NULL DEFAULT false,
    ADD COLUMN wanted boolean,
    ADD COLUMN part text,
    ADD COLUMN contact_masked text,
    ADD COLUMN contact_class text,
    ADD COLUMN contact_sealed text,
    ADD COLUMN conversed timestamptz;

-- A ring for someone whom we owe a call names what is owed, and no journey.
ALTER TABLE helpline.offers ALTER COLUMN journey DROP NOT NULL, ADD COLUMN obligation text;
CREATE INDEX offers_of_obligation ON helpline.offers (obligation, seq) WHERE obligation IS NOT NULL;

-- When what is owed is offered by itself, or the list that it stands on.
CREATE TABLE helpline.callbacks (
    obligation text PRIMARY KEY,
    due timestamptz,
    since timestamptz,
    priority smallint,
    plan_reason text,
    list text CHECK (list IN ('review', 'supervisor', 'do_not_call')),
    list_reason text,
    list_by text,
    claimed_by text,
    CHECK (due IS NULL OR list IS NULL)
);
CREATE INDEX callbacks_by_due ON helpline.callbacks (due) WHERE due IS NOT NULL;
CREATE INDEX callbacks_by_list ON helpline.callbacks (list) WHERE list IS NOT NULL;

-- One try to keep an obligation by dialling.
CREATE TABLE helpline.attempts (
    attempt text PRIMARY KEY,
    seq bigint NOT NULL UNIQUE,
    obligation text NOT NULL,
    operator text NOT NULL,
    opened timestamptz NOT NULL,
    given boolean NOT NULL,
    trunk text,
    rang timestamptz,
    answered timestamptz,
    failed text,
    ended timestamptz
);
CREATE INDEX attempts_of_obligation ON helpline.attempts (obligation, seq);

-- A time that was told to someone, and what became of it.
CREATE TABLE helpline.promises (
    obligation text NOT NULL,
    seq bigint NOT NULL,
    journey text NOT NULL,
    made timestamptz NOT NULL,
    promised timestamptz NOT NULL,
    settled timestamptz,
    kept boolean,
    PRIMARY KEY (obligation, seq)
);

-- Marks on numbers that stand now; who set them and why is in the events.
CREATE TABLE helpline.flags (
    person text NOT NULL,
    flag text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    reason text NOT NULL,
    by text,
    PRIMARY KEY (person, flag)
);

-- The engine's clock as the record tells it: what figures mean by now.
CREATE VIEW helpline.clock AS SELECT utc AS now FROM helpline.events ORDER BY seq DESC LIMIT 1;

-- The call log, attempts too.
DROP VIEW helpline.calls;
CREATE VIEW helpline.calls AS
SELECT j.*, coalesce(
    (
        SELECT o.state
        FROM helpline.obligation_journeys l JOIN helpline.obligations o USING (obligation)
        WHERE l.journey = j.journey
        ORDER BY array_position(ARRAY['open', 'in_hand', 'discharged'], o.state)
        LIMIT 1
    ),
    (SELECT o.state FROM helpline.obligations o WHERE o.obligation = j.attempt_of)
) AS obligation
FROM helpline.journeys j;

-- What we owe, with all that a supervisor decides by. What the callers said is their last word on it: the newest of their journeys that said it.
DROP VIEW helpline.owed;
CREATE VIEW helpline.owed AS
SELECT o.obligation, o.seq, o.opened, o.changed, o.journey, o.kind, o.state, o.operator, o.discharged_by, o.person IS NOT NULL AS one_person,
    j.synthetic, said.caller, said.class, said.private, said.language, said.topic, said.danger, said.part, said.wanted, said.noticed,
    said.contact_masked, said.journeys,
    c.due, c.since, c.priority, c.plan_reason, c.list, c.list_reason, c.claimed_by,
    (SELECT p.promised FROM helpline.promises p WHERE p.obligation = o.obligation AND p.settled IS NULL ORDER BY p.seq DESC LIMIT 1) AS promise,
    (SELECT count(*) FROM helpline.attempts a WHERE a.obligation = o.obligation) AS attempts,
    (SELECT a.attempt FROM helpline.attempts a WHERE a.obligation = o.obligation AND a.ended IS NULL ORDER BY a.seq DESC LIMIT 1) AS under_way,
    last.opened AS last_attempt, last.result AS last_result,
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
FROM helpline.obligations o
JOIN helpline.journeys j USING (journey)
LEFT JOIN helpline.callbacks c USING (obligation)
LEFT JOIN LATERAL (
    SELECT count(*) AS journeys,
        (array_agg(m.caller ORDER BY m.seq DESC) FILTER (WHERE m.caller IS NOT NULL))[1] AS caller,
        (array_agg(m.class ORDER BY m.seq DESC) FILTER (WHERE m.class IS NOT NULL))[1] AS class,
        (array_agg(m.private ORDER BY m.seq DESC) FILTER (WHERE m.private IS NOT NULL))[1] AS private,
        (array_agg(m.language ORDER BY m.seq DESC) FILTER (WHERE m.language IS NOT NULL))[1] AS language,
        (array_agg(m.topic ORDER BY m.seq DESC) FILTER (WHERE m.topic IS NOT NULL))[1] AS topic,
        (array_agg(m.part ORDER BY m.seq DESC) FILTER (WHERE m.part IS NOT NULL))[1] AS part,
        (array_agg(m.wanted ORDER BY m.seq DESC) FILTER (WHERE m.wanted IS NOT NULL))[1] AS wanted,
        (array_agg(m.contact_masked ORDER BY m.seq DESC) FILTER (WHERE m.contact_masked IS NOT NULL))[1] AS contact_masked,
        bool_or(m.danger) AS danger,
        bool_or(m.noticed) AS noticed
    FROM helpline.obligation_journeys l LEFT JOIN helpline.journeys m USING (journey)
    WHERE l.obligation = o.obligation AND m.attempt_of IS NULL
) said ON true
LEFT JOIN LATERAL (
    SELECT a.opened, coalesce(t.outcome, a.failed, t.cause) AS result
    FROM helpline.attempts a JOIN helpline.journeys t ON t.journey = a.attempt
    WHERE a.obligation = o.obligation
    ORDER BY a.seq DESC
    LIMIT 1
) last ON true;

-- Obligations that were still open when their journey had ended, by what became of them: the cohort of callback completion, time to contact
-- and the rest. A conversation is audio both ways with the person, not with a machine, somebody else or silence.
CREATE VIEW helpline.left_open AS
SELECT o.obligation, o.opened, (o.opened AT TIME ZONE 'Asia/Shanghai')::date AS day, o.state, o.reason, o.discharged_by, j.service, spoken.at AS spoken,
    (SELECT min(a.opened) FROM helpline.attempts a WHERE a.obligation = o.obligation) AS attempted
FROM helpline.obligations o
JOIN helpline.journeys j USING (journey)
LEFT JOIN LATERAL (
    SELECT min(t.conversed) AS at
    FROM helpline.journeys t
    WHERE t.conversed IS NOT NULL
        AND (t.attempt_of = o.obligation OR t.journey IN (
            SELECT l.journey FROM helpline.obligation_journeys l WHERE l.obligation = o.obligation
        ))
        AND coalesce(t.outcome, 'spoken') NOT IN
            ('not_spoken', 'busy', 'no_answer', 'off', 'machine', 'other_person', 'invalid', 'silent', 'wrong_number', 'prank', 'abusive', 'test')
) spoken ON true
WHERE NOT j.synthetic AND o.kind = 'reach' AND (
    (j.ended IS NOT NULL AND j.conversed IS NULL)
    OR EXISTS (SELECT FROM helpline.events e WHERE e.obligation = o.obligation AND e.type = 'obligation_reopened')
);

-- Callback completion: conversations over obligations left open, by the day in China on which they were opened.
CREATE VIEW helpline.callback_completion AS
SELECT day, service, count(*) AS owed, count(spoken) AS conversations, count(*) FILTER (WHERE state <> 'discharged') AS still_open,
    round(100.0 * count(spoken) / count(*), 1) AS percent
FROM helpline.left_open
GROUP BY day, service;

-- Promise kept: the first attempt made by the time that the caller was told, over promises whose time has come, by the day of that time.
CREATE VIEW helpline.promise_kept AS
SELECT (p.promised AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) AS promises, count(*) FILTER (WHERE p.kept) AS kept,
    count(*) FILTER (WHERE NOT coalesce(p.kept, false)) AS broken, round(100.0 * count(*) FILTER (WHERE p.kept) / count(*), 1) AS percent
FROM helpline.promises p, helpline.clock
WHERE p.settled IS NOT NULL OR p.promised <= clock.now
GROUP BY 1;

-- Time to contact, by the wall clock, seconds: from opened to the first attempt and to the conversation, by the day opened.
CREATE VIEW helpline.time_to_contact AS
SELECT day, service, count(attempted) AS attempted,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM attempted - opened)) AS attempt_p50_s,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM attempted - opened)) AS attempt_p90_s,
    count(spoken) AS spoken,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM spoken - opened)) AS spoken_p50_s,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM spoken - opened)) AS spoken_p90_s
FROM helpline.left_open
GROUP BY day, service;

-- Who tried to reach us first when: a person until they are spoken with, or one call where the number names nobody. What they are owed is
-- one obligation, so its opening is their first attempt.
CREATE VIEW helpline.reached AS
SELECT o.obligation, o.opened, (o.opened AT TIME ZONE 'Asia/Shanghai')::date AS day, j.service, min(t.conversed) AS spoken
FROM helpline.obligations o
JOIN helpline.journeys j USING (journey)
LEFT JOIN helpline.journeys t ON t.conversed IS NOT NULL
    AND (t.attempt_of = o.obligation OR EXISTS (
        SELECT FROM helpline.obligation_journeys l WHERE l.obligation = o.obligation AND l.journey = t.journey
    ))
    AND coalesce(t.outcome, 'spoken') NOT IN
        ('not_spoken', 'busy', 'no_answer', 'off', 'machine', 'other_person', 'invalid', 'silent', 'wrong_number', 'prank', 'abusive', 'test')
WHERE NOT j.synthetic AND o.kind = 'reach'
GROUP BY o.obligation, o.opened, j.service;

-- Reach-24 (the headline) and reach-1, over cohorts that have had their 24 hours, or their one.
CREATE VIEW helpline.reach AS
SELECT day, service,
    count(*) FILTER (WHERE opened <= now - interval '24 hours') AS persons_24,
    count(*) FILTER (WHERE opened <= now - interval '24 hours' AND spoken <= opened + interval '24 hours') AS reached_24,
    count(*) FILTER (WHERE opened <= now - interval '1 hour') AS persons_1,
    count(*) FILTER (WHERE opened <= now - interval '1 hour' AND spoken <= opened + interval '1 hour') AS reached_1
FROM helpline.reached, helpline.clock
GROUP BY day, service;

-- Lost callers: must be none. Closed without a conversation and without a named person's reason or the caller's own word; and journeys
-- of a run that is over which have no terminal cause.
CREATE VIEW helpline.lost_callers AS
SELECT 'closed_without_conversation' AS how, o.obligation, o.journey, o.opened, o.reason
FROM helpline.obligations o
WHERE o.state = 'discharged' AND o.discharged_by IS NULL
    AND o.reason NOT IN ('spoken', 'sixty_seconds_both_ways', 'same_person_got_through', 'caller_declined')
UNION ALL
SELECT 'no_terminal_cause', NULL, j.journey, j.opened, 'none'
FROM helpline.journeys j JOIN helpline.events e ON e.seq = j.seq
WHERE j.ended IS NULL
    AND e.boot < (SELECT max(s.boot) FROM helpline.events s WHERE s.type = 'started' AND s.node = e.node);

-- What stands beside them.
CREATE VIEW helpline.owed_long AS
SELECT count(*) FILTER (WHERE o.opened < clock.now - interval '7 days') AS over_7_days,
    count(*) FILTER (WHERE c.list = 'supervisor') AS for_a_supervisor,
    count(*) FILTER (WHERE c.list_reason = 'exhausted') AS exhausted,
    count(*) FILTER (WHERE o.reason = 'carrier_only') AS carrier_only
FROM helpline.obligations o LEFT JOIN helpline.callbacks c USING (obligation), helpline.clock
WHERE o.state <> 'discharged';
