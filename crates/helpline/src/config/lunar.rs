//! Chinese New Year: the first day of the first month of the lunar calendar, with the days around it.

use std::collections::BTreeMap;

use icu_calendar::types::Month;
use jiff::ToSpan;
use jiff::civil::Date;
use routing::Holiday;

use super::document::Places;
use super::fault::Fault;
use super::read::section;
use super::values::Count;

/// Closures are computed for these years.
const YEARS: std::ops::RangeInclusive<i16> = 2020..=2099;

section! {
    /// `[chinese_new_year]`: the closure that the lunar calendar gives; a person confirms it each year.
    NewYearSection {
        /// Days closed before New Year's Day: 1 is New Year's Eve.
        days_before: Count<0, 30> = Count(1),
        /// Days closed after it.
        days_after: Count<0, 30> = Count(6),
        /// What people call it.
        name: String = "Chinese New Year".to_owned(),
        /// Years that are otherwise: `2028 = { from = 2028-01-24, to = 2028-02-02 }`.
        years: BTreeMap<String, YearSection> = BTreeMap::new(),
    }
}

section! {
    /// One year's closure, in place of the computed one.
    YearSection {
        /// The first closed day,
        from: Date,
        /// and the last one.
        to: Date,
    }
}

/// Each year's closure by its key, `chinese_new_year.2027`.
pub(super) fn new_years(
    section: &NewYearSection,
    places: &Places,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Holiday> {
    for (year, own) in &section.years {
        let key = format!("chinese_new_year.years.{year}");
        let within = |year: i16| own.from.year() == year && own.to.year() == year && own.from <= own.to;
        if !year.parse().is_ok_and(|year: i16| YEARS.contains(&year) && within(year)) {
            faults
                .push(places.fault(&key, "must be a year from 2020 to 2099 with two days of it, the first one first"));
        }
    }
    let days = |count: &Count<0, 30>| i64::from(count.0).days();
    let year = |year: i16| {
        let (from, to) = match section.years.get(&year.to_string()) {
            Some(own) => (own.from, own.to),
            None => {
                let first = new_years_day(year)?;
                (first - days(&section.days_before), first + days(&section.days_after))
            }
        };
        Some((format!("chinese_new_year.{year}"), Holiday { from, to, name: section.name.clone() }))
    };
    YEARS.filter_map(year).collect()
}

/// The day on which a year's Chinese New Year falls.
fn new_years_day(year: i16) -> Option<Date> {
    let lunar = icu_calendar::Date::try_new_chinese_traditional(i32::from(year), Month::new(1), 1).ok()?;
    let civil = lunar.to_calendar(icu_calendar::cal::Iso);
    let (month, day) = (civil.month().ordinal, civil.day_of_month().0);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the Purple Mountain Observatory gives them.
    #[test]
    fn chinese_new_year_is_when_it_is() {
        for day in [
            "2020-01-25",
            "2021-02-12",
            "2022-02-01",
            "2023-01-22",
            "2024-02-10",
            "2025-01-29",
            "2026-02-17",
            "2027-02-06",
            "2028-01-26",
            "2029-02-13",
            "2030-02-03",
            "2031-01-23",
            "2032-02-11",
            "2033-01-31",
            "2034-02-19",
            "2035-02-08",
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(new_years_day(day.year()), Some(day));
        }
    }

    #[test]
    fn every_year_has_one_between_21_january_and_21_february() {
        for year in YEARS {
            let day = new_years_day(year).unwrap();
            assert!((121..=221).contains(&(i32::from(day.month()) * 100 + i32::from(day.day()))), "{day}");
        }
    }
}
