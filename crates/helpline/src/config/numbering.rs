//! How a trunk writes numbers.

use super::document::Places;
use super::fault::Fault;
use super::read::{Node, Read, section};
use super::values::Count;

section! {
    /// One change to numbers: callers', before they are read, or those that we call.
    RewriteSection {
        /// What the number begins with.
        prefix: NumberPart = NumberPart(String::new()),
        /// How many characters it has in all. 0: any.
        length: Count<0, 32> = Count(0),
        /// What stands there instead of the prefix.
        put: NumberPart = NumberPart(String::new()),
    }
}

/// Digits, perhaps behind a +, or nothing.
#[derive(Clone, Debug)]
pub(super) struct NumberPart(String);

impl Read for NumberPart {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let digits = |text: &&str| text.strip_prefix('+').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
        let part = node.value.as_str().filter(digits).map(|text| NumberPart(text.to_owned()));
        if part.is_none() {
            faults.push(node.fault("must be digits, perhaps behind a +, in quotes"));
        }
        part
    }
}

/// Where the dialled number stands.
#[derive(Clone, Debug)]
pub(super) struct Dialled(pub(super) sip::DialledFrom);

impl Read for Dialled {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let from =
            node.parsed("\"request_uri\", \"to\", \"diversion\" or \"history_info\"", faults, |text| match text {
                "request_uri" => Some(sip::DialledFrom::RequestUri),
                "to" => Some(sip::DialledFrom::To),
                "diversion" => Some(sip::DialledFrom::Diversion),
                "history_info" => Some(sip::DialledFrom::HistoryInfo),
                _ => None,
            });
        from.map(Dialled)
    }
}

impl RewriteSection {
    /// What the user agent does.
    pub(super) fn rule(&self) -> sip::Rewrite {
        let length = usize::try_from(self.length.0).ok().filter(|length| *length > 0);
        sip::Rewrite { prefix: self.prefix.0.clone(), length, put: self.put.0.clone() }
    }
}

/// Refuses rules that change nothing: they would keep later ones from what they are for.
pub(super) fn check(rules: &[RewriteSection], trunk: &str, places: &Places, faults: &mut Vec<Fault>) {
    check_list("rewrite", rules, trunk, places, faults);
}

/// The same for numbers on the way out.
pub(super) fn check_format(rules: &[RewriteSection], trunk: &str, places: &Places, faults: &mut Vec<Fault>) {
    check_list("format", rules, trunk, places, faults);
}

fn check_list(list: &str, rules: &[RewriteSection], trunk: &str, places: &Places, faults: &mut Vec<Fault>) {
    for (index, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.prefix.0 == rule.put.0) {
        let what = format!("\"{}\" becomes itself: give another prefix or put", rule.put.0);
        faults.push(places.fault(&format!("{trunk}.{list}[{index}]"), what));
    }
}
