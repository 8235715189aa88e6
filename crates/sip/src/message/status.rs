use std::borrow::Cow;

/// The standard's phrase for a status. The ones every call needs stand here; the rest come from rsip's vocabulary.
pub(crate) fn phrase(status: u16) -> Cow<'static, str> {
    Cow::Borrowed(match status {
        100 => "Trying",
        180 => "Ringing",
        200 => "OK",
        404 => "Not Found",
        416 => "Unsupported URI Scheme",
        422 => "Session Interval Too Small",
        469 => "Bad INFO Package",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        _ => return Cow::Owned(spaced(&rsip::StatusCode::from(status).to_string())),
    })
}

/// `405 MethodNotAllowed` as `Method Not Allowed`.
fn spaced(text: &str) -> String {
    let name = text.split_once(' ').map_or(text, |(_, name)| name);
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && out.ends_with(|last: char| last.is_ascii_lowercase()) {
            out.push(' ');
        }
        out.push(letter);
    }
    out
}
