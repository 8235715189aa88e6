//! G.711: the two laws and the tables between them.

/// One of the two companding laws of ITU-T G.711.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Law {
    /// A-law, the law of China and Europe (PCMA, RFC 3551 §4.5.14).
    A,
    /// µ-law (PCMU).
    Mu,
}

impl Law {
    /// The static payload type (RFC 3551 §6, table 4).
    pub(crate) const fn payload_type(self) -> u8 {
        match self {
            Law::A => 8,
            Law::Mu => 0,
        }
    }

    /// The law that this one is not.
    pub(crate) const fn other(self) -> Law {
        match self {
            Law::A => Law::Mu,
            Law::Mu => Law::A,
        }
    }

    /// The sample of a code.
    pub(crate) fn linear(self, code: u8) -> i16 {
        match self {
            Law::A => A_TO_LINEAR[usize::from(code)],
            Law::Mu => MU_TO_LINEAR[usize::from(code)],
        }
    }

    /// The code of a sample, as the recommendation's decision values part them; louder than any code is the loudest.
    pub(crate) fn encode(self, sample: i16) -> u8 {
        match self {
            Law::A => encode_a(sample),
            Law::Mu => encode_mu(sample),
        }
    }

    /// The code nearest to a sample.
    #[cfg(test)]
    pub(crate) fn nearest(self, sample: i16) -> u8 {
        (0..=255).min_by_key(|code| self.linear(*code).abs_diff(sample)).unwrap_or_default()
    }

    /// The encoding name in `a=rtpmap`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Law::A => "PCMA",
            Law::Mu => "PCMU",
        }
    }
}

/// Silence in A-law, the law of prompts and music.
pub(crate) const A_SILENCE: u8 = 0xD5;

/// Turns samples of one law into the other, in place.
pub(crate) fn convert(from: Law, to: Law, samples: &mut [u8]) {
    let table = match (from, to) {
        (Law::A, Law::Mu) => &A_TO_MU,
        (Law::Mu, Law::A) => &MU_TO_A,
        (Law::A, Law::A) | (Law::Mu, Law::Mu) => return,
    };
    for sample in samples {
        *sample = table[usize::from(*sample)];
    }
}

static A_TO_MU: [u8; 256] = nearest(&A_TO_LINEAR, &MU_TO_LINEAR);
static MU_TO_A: [u8; 256] = nearest(&MU_TO_LINEAR, &A_TO_LINEAR);
const A_TO_LINEAR: [i16; 256] = decode_all(Law::A);
const MU_TO_LINEAR: [i16; 256] = decode_all(Law::Mu);

const fn decode_all(law: Law) -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = match law {
            Law::A => decode_a(code as u8),
            Law::Mu => decode_mu(code as u8),
        };
        code += 1;
    }
    table
}

/// G.711 table 1: even bits inverted, sign, three bits of chord, four of step; 13 bits scaled to 16.
const fn decode_a(code: u8) -> i16 {
    let code = code ^ 0x55;
    let (chord, step) = ((code >> 4) & 7, ((code & 15) as i16) << 4);
    let magnitude = match chord {
        0 => step + 8,
        chord => (step + 0x108) << (chord - 1),
    };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}

/// G.711 table 2: all bits inverted, sign, three bits of chord, four of step; 14 bits scaled to 16.
const fn decode_mu(code: u8) -> i16 {
    let code = !code;
    let magnitude = (((((code & 15) as i16) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
    if code & 0x80 != 0 { -magnitude } else { magnitude }
}

/// G.711 table 1 the other way: what is left of 12 bits after the leading one is the step.
fn encode_a(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = if sample < 0 { !sample } else { sample } >> 4;
    let chord = (magnitude.max(16).ilog2() - 3) as u8;
    let chord = if magnitude < 16 { 0 } else { chord };
    let step = (magnitude >> chord.saturating_sub(1)) as u8 & 15;
    (sign | chord << 4 | step) ^ 0x55
}

/// G.711 table 2 the other way, with the bias of 33 steps that makes each chord begin with a one.
fn encode_mu(sample: i16) -> u8 {
    const LOUDEST: u16 = 32_635;
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs().min(LOUDEST) + 0x84;
    let chord = (magnitude.ilog2() - 7) as u8;
    let step = (magnitude >> (chord + 3)) as u8 & 15;
    !(sign | chord << 4 | step)
}

/// For each code of one law the code of the other whose value is nearest; of two equally near ones the louder, and never the other sign.
const fn nearest(from: &[i16; 256], to: &[i16; 256]) -> [u8; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let (mut best, mut best_distance) = (0, i32::MAX);
        let mut candidate = 0;
        while candidate < 256 {
            let same_sign = (code ^ candidate) & 0x80 == 0;
            let distance = (from[code] as i32 - to[candidate] as i32).abs();
            let louder = (to[candidate] as i32).abs() > (to[best] as i32).abs();
            if same_sign && (distance < best_distance || (distance == best_distance && louder)) {
                (best, best_distance) = (candidate, distance);
            }
            candidate += 1;
        }
        table[code] = best as u8;
        code += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_the_recommendation_says() {
        // G.711 tables 1a and 2a: silence, the ends of the scale, and codes in between, scaled to 16 bits.
        for (code, value) in [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0x80, 5504), (0x00, -5504)] {
            assert_eq!(A_TO_LINEAR[code], value, "A {code:#x}");
        }
        for (code, value) in [(0xFF, 0), (0x7F, 0), (0x80, 32124), (0x00, -32124), (0xF0, 120), (0x70, -120)] {
            assert_eq!(MU_TO_LINEAR[code], value, "µ {code:#x}");
        }
    }

    #[test]
    fn both_tables_are_odd_and_monotone_and_keep_the_sign() {
        for (table, from, to) in [(&A_TO_MU, &A_TO_LINEAR, &MU_TO_LINEAR), (&MU_TO_A, &MU_TO_LINEAR, &A_TO_LINEAR)] {
            let mut by_value: Vec<usize> = (0..256).collect();
            by_value.sort_by_key(|code| (from[*code], *code & 0x80));
            for pair in by_value.windows(2) {
                assert!(to[usize::from(table[pair[0]])] <= to[usize::from(table[pair[1]])]);
            }
            for code in 0..256 {
                assert_eq!(usize::from(table[code]) & 0x80, code & 0x80);
                assert_eq!(table[code] ^ 0x80, table[code ^ 0x80]);
            }
        }
    }

    #[test]
    fn the_step_lost_by_going_over_is_at_most_half_a_quantum() {
        for code in 0..256 {
            let (a, through) = (A_TO_LINEAR[code], MU_TO_LINEAR[usize::from(A_TO_MU[code])]);
            let quantum = (a.unsigned_abs() / 16).max(16);
            assert!(a.abs_diff(through) <= quantum / 2 + 8, "{code:#x}: {a} became {through}");
        }
    }

    #[test]
    fn a_sample_becomes_the_code_next_to_it_and_a_code_itself() {
        for law in [Law::A, Law::Mu] {
            for code in (0..=255).filter(|code| (law, *code) != (Law::Mu, 0x7F)) {
                assert_eq!(law.encode(law.linear(code)), code, "{law:?} {code:#x}");
            }
            // Where steps grow, the recommendation's decision value is not half way: a quarter of a step.
            for sample in (i16::MIN..=i16::MAX).step_by(37) {
                let (coded, nearest) = (law.linear(law.encode(sample)), law.linear(law.nearest(sample)));
                let more = coded.unsigned_abs() / 64 + 8;
                assert!(
                    sample.abs_diff(coded) <= sample.abs_diff(nearest) + more,
                    "{law:?} {sample}: {coded}, {nearest}"
                );
            }
        }
    }

    #[test]
    fn silence_stays_silence() {
        let mut samples = [A_SILENCE; 4];
        convert(Law::A, Law::Mu, &mut samples);
        assert!(samples.iter().all(|code| MU_TO_LINEAR[usize::from(*code)].abs() <= 8));
    }
}
