//! The name that was probably meant.

/// `; did you mean "ring_s"?`, or the names that there are, or nothing.
pub(super) fn suggest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let nearest = known.iter().map(|name| (distance(wrong, name), *name)).min();
    match nearest {
        Some((distance, name)) if distance <= 1 + name.len() / 3 => format!("; did you mean \"{name}\"?"),
        Some(_) if known.len() <= 12 => format!("; there is: {}", known.join(", ")),
        Some(_) | None => String::new(),
    }
}

/// Insertions, deletions and replacements from one to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((b, pair), j) in to.iter().zip(row.windows(2)).zip(0..) {
            let [diagonal, above] = [pair.first(), pair.last()].map(|cell| cell.copied().unwrap_or(0));
            let left = next.get(j).copied().unwrap_or(0);
            next.push((diagonal + usize::from(a != *b)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        assert_eq!(distance("ring", "ring_s"), 2);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn suggests_what_is_near_and_lists_what_is_not() {
        assert_eq!(suggest("wrapup_s", ["ring_s", "wrap_up_s"]), "; did you mean \"wrap_up_s\"?");
        assert_eq!(suggest("colour", ["ring_s", "wrap_up_s"]), "; there is: ring_s, wrap_up_s");
        assert_eq!(suggest("x", []), "");
    }
}
