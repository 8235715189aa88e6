//! From what stands in a header, or was typed, to digits.

use super::china::takes_extension;

/// The longest extension.
const MAX_EXTENSION: usize = 8;
/// The longest number: 15 digits (E.164 §6.1) behind a prefix.
const MAX_DIGITS: usize = 24;

/// Digits in their plain form.
pub(super) struct Clean {
    pub(super) plus: bool,
    pub(super) digits: String,
    pub(super) extension: Option<String>,
}

/// Reads digits and an extension. None where there is no number: words, zeros, nothing.
pub(super) fn clean(raw: &str) -> Option<Clean> {
    let text: String = raw.chars().filter_map(plain).collect();
    let (number, extension) = split_extension(text.trim_matches('-'));
    let digits: String = number.chars().filter(|c| *c != '-').collect();
    let plus = digits.starts_with('+');
    let digits = digits.trim_start_matches('+');
    let is_number = !digits.is_empty()
        && digits.len() <= MAX_DIGITS
        && digits.bytes().all(|b| b.is_ascii_digit())
        && digits.bytes().any(|b| b != b'0');
    is_number.then(|| Clean { plus, digits: digits.to_owned(), extension })
}

/// Full-width forms as plain ones, every dash as `-`, spaces and marks that cannot be seen as nothing.
fn plain(c: char) -> Option<char> {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＋' | '＃' | '＊' | '，' | '；' => {
            char::from_u32(u32::from(c) - 0xFEE0).map(|c| c.to_ascii_lowercase())
        }
        '－' | '‐'..='―' | '−' => Some('-'),
        '(' | ')' | '（' | '）' | '.' | '．' | '/' | '·' => None,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        c if c.is_whitespace() || c.is_control() => None,
        c => Some(c.to_ascii_lowercase()),
    }
}

/// `0769-22345678转8012`, `…ext8012`, `…x8012`, `…#8012`, `…,8012`, or a last hyphen behind what is a whole line already.
fn split_extension(text: &str) -> (&str, Option<String>) {
    for mark in ["转分机", "转", "分机", "extension", ";ext=", "ext", "x", "#", ",", ";", "p", "w"] {
        if let Some((number, rest)) = text.split_once(mark) {
            let digits: String = rest.chars().filter(|c| !matches!(c, '-' | ':' | '：' | ',')).collect();
            if rest.is_empty() {
                return (number, None);
            }
            // Behind a mark must stand an extension; what else there is makes it no number.
            return if is_extension(&digits) && !number.is_empty() { (number, Some(digits)) } else { ("", None) };
        }
    }
    match text.rsplit_once('-') {
        Some((number, rest)) if is_extension(rest) && is_whole(number) => (number, Some(rest.to_owned())),
        Some(_) | None => (text, None),
    }
}

fn is_extension(text: &str) -> bool {
    (1..=MAX_EXTENSION).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether this is a whole line by itself.
fn is_whole(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    takes_extension(&digits, text.starts_with('+'))
}
