//! Who calls: workers with mobiles, dormitory telephones, switchboards, numbers withheld or foreign, and noise.

use crate::Random;

/// Telephones that several people use, and find out about at some time.
const SHARED: u64 = 30;
/// Factories' lines.
const FIXED: u64 = 20;
/// So many who called lately are remembered for calling again.
const RECENT: usize = 400;

/// Everyone who may call.
#[derive(Debug)]
pub(super) struct People {
    random: Random,
    workers: u64,
    recent: Vec<String>,
    /// All calls come from this number: the carrier sends its own.
    pub(super) carriers_own: bool,
}

impl People {
    pub(super) fn new(calls_per_day: f64, random: Random) -> Self {
        // Everyone calls a few times a year.
        let workers = (calls_per_day * 120.0).clamp(50.0, 1e7) as u64;
        People { random, workers, recent: Vec::new(), carriers_own: false }
    }

    /// The number of the next caller, as their trunk tells it.
    pub(super) fn next(&mut self) -> String {
        if self.carriers_own {
            return "13900000000".to_owned();
        }
        let share = self.random.unit();
        if share < 0.22
            && let Some(again) = self.random.pick(&self.recent)
        {
            return again;
        }
        let number = self.someone(share);
        if self.recent.len() < RECENT {
            self.recent.push(number.clone());
        } else {
            let at = usize::try_from(self.random.below(RECENT as u64)).unwrap_or(0);
            if let Some(place) = self.recent.get_mut(at) {
                place.clone_from(&number);
            }
        }
        number
    }

    fn someone(&mut self, share: f64) -> String {
        match share {
            ..0.86 => {
                let who = self.random.below(self.workers);
                format!("1{}{:09}", 3 + who % 7, who.wrapping_mul(7_919) % 1_000_000_000)
            }
            ..0.90 => format!("1390000{:04}", 1000 + self.random.below(SHARED)),
            ..0.94 => format!("0769{:08}", 22_100_000 + 1013 * self.random.below(FIXED)),
            ..0.95 => format!("0755{:04}8000", 2000 + self.random.below(FIXED)),
            ..0.975 => String::new(),
            ..0.985 => format!("+852{:08}", 21_000_000 + self.random.below(1000)),
            _ => format!("95{:03}", self.random.below(1000)),
        }
    }
}
