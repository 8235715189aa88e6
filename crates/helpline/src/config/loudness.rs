//! How loud speech is, and when it begins.

/// Samples in a millisecond.
const MS: usize = 8;
/// The envelope's time constant, in samples: 30 ms.
const SMOOTH: f64 = 0.03 * 8_000.0;
/// A pause no longer than this belongs to the speech, in ms.
const HANG: u32 = 200;
/// Speech lies so far above the envelope's level at which it counts as such, dB.
const MARGIN: f64 = 15.9;
/// Thresholds halve from a half of full scale.
const THRESHOLDS: usize = 15;
/// Speech has begun when 5 ms are louder than this below its level, dB.
const ONSET: f64 = 30.0;

/// The active speech level of 8 kHz samples in dBov, by method B of ITU-T P.56 with the envelope looked at every millisecond; none of silence.
pub(super) fn active_level(samples: &[i16]) -> Option<f64> {
    let (mut first, mut envelope, mut energy) = (0.0, 0.0, 0.0);
    let mut steps: [Step; THRESHOLDS] = std::array::from_fn(Step::new);
    let decay = (-1.0 / SMOOTH).exp();
    for (at, sample) in samples.iter().enumerate() {
        let sample = f64::from(*sample) / 32_768.0;
        energy += sample * sample;
        first = decay * first + (1.0 - decay) * sample.abs();
        envelope = decay * envelope + (1.0 - decay) * first;
        if at % MS == 0 {
            for step in &mut steps {
                step.idle = if envelope >= step.threshold { 0 } else { step.idle.saturating_add(1) };
                step.count += u32::from(step.idle <= HANG);
            }
        }
    }
    (energy > 0.0).then(|| at_margin(energy, &steps)).flatten()
}

/// A threshold, for how many milliseconds it was active, and for how many the envelope has been under it.
struct Step {
    threshold: f64,
    count: u32,
    idle: u32,
}

impl Step {
    fn new(n: usize) -> Self {
        Step { threshold: 0.5_f64.powi(n as i32 + 1), count: 0, idle: HANG }
    }
}

/// The level at the threshold, between two of ours, that lies [`MARGIN`] under it.
fn at_margin(energy: f64, steps: &[Step]) -> Option<f64> {
    let mut before: Option<(f64, f64)> = None;
    for Step { threshold, count, .. } in steps.iter().rev().filter(|step| step.count > 0) {
        let level = decibel(energy / (f64::from(*count) * MS as f64));
        let margin = level - 2.0 * decibel(*threshold);
        match before {
            Some((lower, wider)) if margin <= MARGIN => {
                return Some(lower + (wider - MARGIN) / (wider - margin) * (level - lower));
            }
            None if margin <= MARGIN => return Some(level),
            Some(_) | None => before = Some((level, margin)),
        }
    }
    before.map(|(level, _)| level)
}

/// The silence before speech of that level begins, in milliseconds.
pub(super) fn lead_in(samples: &[i16], level: f64) -> usize {
    let loud = |frame: &[i16]| {
        let power = frame.iter().map(|sample| (f64::from(*sample) / 32_768.0).powi(2)).sum::<f64>();
        decibel(power / frame.len() as f64) > level - ONSET
    };
    5 * samples.chunks(5 * MS).take_while(|frame| !loud(frame)).count()
}

fn decibel(power: f64) -> f64 {
    10.0 * power.log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(peak: f64, ms: usize) -> Vec<i16> {
        let sample = |n: usize| (peak * (n as f64 * std::f64::consts::TAU / 16.0).sin()).round();
        (0..ms * MS).map(|n| sample(n) as i16).collect()
    }

    #[track_caller]
    fn level_is(samples: &[i16], expected: f64) {
        let level = active_level(samples).unwrap();
        assert!((level - expected).abs() < 0.3, "{level} instead of {expected}");
    }

    #[test]
    fn a_sine_of_full_scale_lies_three_decibels_under_the_overload_point() {
        level_is(&sine(32_767.0, 2_000), -3.01);
        level_is(&sine(3_276.7, 2_000), -23.01);
    }

    #[test]
    fn long_pauses_do_not_count_and_short_ones_do() {
        let with_pause = |ms: usize| [sine(3_276.7, 2_000), vec![0; ms * MS], sine(3_276.7, 2_000)].concat();
        let mean = |active: f64| -23.01 + decibel(4_000.0 / active);
        level_is(&with_pause(150), mean(4_150.0));
        level_is(&with_pause(4_000), mean(4_320.0));
        assert!(active_level(&[0; 8_000]).is_none());
        assert!(active_level(&[]).is_none());
    }

    #[test]
    fn speech_begins_with_its_first_loud_moment() {
        let sound = [vec![3; 800], sine(3_000.0, 500)].concat();
        assert_eq!(lead_in(&sound, active_level(&sound).unwrap()), 100);
        assert_eq!(lead_in(&sine(3_000.0, 500), -24.0), 0);
    }
}
