//! How speech sounds, from 1 to 4.5: the E-model (ITU-T G.107), simplified to what a leg can know: delay, loss, and that the codec is G.711.

/// The rating of a line without fault (G.107 §7.8).
const R_0: f32 = 93.2;
/// The delay that conversation does not notice (G.107 Appendix; the simplified formula of ETSI TS 101 329-5 Annex E).
const UNNOTICED_DELAY_MS: f32 = 177.3;
/// How G.711 with concealment bears loss at random (G.113 Appendix I, table I.4).
const BPL: f32 = 25.1;
/// One packet is collected before it leaves, and the buffer holds twice the jitter.
const PACKET_MS: f32 = 20.0;

/// What one way of a line did to the speech on it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Way {
    /// 0 to 1.
    pub(crate) loss: f32,
    pub(crate) jitter_ms: f32,
    pub(crate) rtt_ms: f32,
}

impl Way {
    /// The mean opinion score that listeners would give (MOS-CQE).
    pub(crate) fn mos(self) -> f32 {
        let delay = self.rtt_ms / 2.0 + 2.0 * self.jitter_ms + PACKET_MS;
        let delay_impairment = 0.024 * delay + 0.11 * (delay - UNNOTICED_DELAY_MS).max(0.0);
        let loss = self.loss.clamp(0.0, 1.0) * 100.0;
        opinion(R_0 - delay_impairment - 95.0 * loss / (loss + BPL))
    }
}

/// From the rating R to the score (G.107 Annex B).
fn opinion(r: f32) -> f32 {
    match r {
        r if r <= 0.0 => 1.0,
        r if r >= 100.0 => 4.5,
        r => 1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_become_the_scores_of_g_107_table_b_1() {
        for (r, score) in
            [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58), (-5.0, 1.0), (120.0, 4.5)]
        {
            assert!((opinion(r) - score).abs() < 0.01, "{r}: {}", opinion(r));
        }
    }

    #[test]
    fn delay_and_loss_are_heard() {
        let good = Way::default();
        assert!((good.mos() - 4.40).abs() < 0.01, "{}", good.mos());
        let lossy = Way { loss: 0.05, ..good };
        assert!((lossy.mos() - 3.90).abs() < 0.01, "{}", lossy.mos());
        let far = Way { rtt_ms: 600.0, ..good };
        assert!((far.mos() - 3.59).abs() < 0.01, "{}", far.mos());
        let all_lost = Way { loss: 1.0, ..good };
        assert!(all_lost.mos() < 1.3 && all_lost.mos() >= 1.0, "{}", all_lost.mos());
    }
}
