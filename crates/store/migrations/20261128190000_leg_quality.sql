-- What RTCP tells of a leg (M6); null where the peer sent no reports.
ALTER TABLE helpline.legs
    ADD COLUMN rtt_ms real,
    ADD COLUMN mos real,
    ADD COLUMN far_lost bigint,
    ADD COLUMN far_jitter_ms real,
    ADD COLUMN far_mos real;
COMMENT ON COLUMN helpline.legs.mos IS 'how what came from the party sounded, 1 to 4.5, estimated by ITU-T G.107';
COMMENT ON COLUMN helpline.legs.far_lost IS 'packets that the party says it missed of what was sent to it';
COMMENT ON COLUMN helpline.legs.far_mos IS 'how what was sent to the party sounded there';
