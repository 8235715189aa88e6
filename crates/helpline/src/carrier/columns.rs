//! Encodings, separators and headings of such files.

use std::borrow::Cow;

use encoding_rs::GB18030;

use super::CarrierCall;
use super::moment::{moment, seconds};

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// Calls, in the order of the file.
    pub(crate) calls: Vec<CarrierCall>,
    /// Lines that could not be read, and why; never with a number in it.
    pub(crate) unread: Vec<String>,
}

/// The headings under which portals list these columns, without spaces and brackets.
const CALLER: &[&str] = &[
    "caller",
    "callernumber",
    "callingnumber",
    "from",
    "主叫",
    "主叫号码",
    "来电号码",
    "来电",
    "客户号码",
    "用户号码",
    "主叫用户",
];
const DIALLED: &[&str] = &[
    "dialled",
    "dialed",
    "called",
    "callednumber",
    "to",
    "被叫",
    "被叫号码",
    "400号码",
    "接入号",
    "接入号码",
    "热线号码",
    "所拨号码",
];
const BEGAN: &[&str] = &[
    "start",
    "starttime",
    "began",
    "time",
    "calltime",
    "开始时间",
    "呼叫时间",
    "来电时间",
    "起始时间",
    "通话开始时间",
    "呼入时间",
    "拨打时间",
];
const TALKED: &[&str] =
    &["duration", "durations", "seconds", "talktime", "通话时长", "时长", "通话时间", "计费时长", "通话秒数"];

/// Where the columns stand.
struct Columns {
    caller: usize,
    dialled: usize,
    began: usize,
    talked: Option<usize>,
}

/// Reads a file; an error tells what is wrong with all of it.
pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, String> {
    let text = decode(bytes);
    let head = text.lines().find(|line| !line.trim().is_empty()).ok_or("the file is empty")?;
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(separator(head))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let (mut columns, mut sheet) = (None, Sheet::default());
    for row in rows.records() {
        let row = row.map_err(|error| format!("this is no CSV: {error}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match &columns {
            None => columns = Some(Columns::of(&row)?),
            Some(columns) => match columns.call(&row, line) {
                Ok(call) => sheet.calls.push(call),
                Err(why) => sheet.unread.push(format!("line {line}: {why}")),
            },
        }
    }
    Ok(sheet)
}

/// UTF-8 with or without a mark, UTF-16 with one; what is none of these is GBK.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0,
    }
}

fn separator(head: &str) -> u8 {
    let count = |separator: char| head.matches(separator).count();
    let separators = [b'\t', b';', b','];
    separators.into_iter().max_by_key(|separator| count(char::from(*separator))).unwrap_or(b',')
}

impl Columns {
    fn of(head: &csv::StringRecord) -> Result<Self, String> {
        let names: Vec<String> = head.iter().map(plain_heading).collect();
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        let needs = |known: &[&str], what: &str| {
            find(known).ok_or_else(|| {
                let named: Vec<&str> = known.iter().copied().filter(|name| !name.is_ascii()).take(3).collect();
                format!(
                    "there is no column {what} (also known: {}); the first line must name the columns",
                    named.join(", ")
                )
            })
        };
        Ok(Columns {
            caller: needs(CALLER, "caller")?,
            dialled: needs(DIALLED, "dialled")?,
            began: needs(BEGAN, "start")?,
            talked: find(TALKED),
        })
    }

    fn call(&self, row: &csv::StringRecord, line: u64) -> Result<CarrierCall, String> {
        let cell = |at: usize| plain_cell(row.get(at).unwrap_or_default());
        let caller = cell(self.caller);
        if caller.contains('*') {
            return Err("the caller is masked; export the list with whole numbers".to_owned());
        }
        let began =
            moment(cell(self.began)).ok_or("the start is no time that is known here, like 2026-11-28 14:02:10")?;
        let talked_s = self.talked.map_or(Some(0), |at| seconds(cell(at)));
        let talked_s = talked_s.ok_or("the duration is none that is known here: 65, 00:01:05 or 1分5秒")?;
        Ok(CarrierCall { line, caller: caller.to_owned(), dialled: cell(self.dialled).to_owned(), began, talked_s })
    }
}

/// `通话时长（秒）` is `通话时长`.
fn plain_heading(heading: &str) -> String {
    let name = heading.split(['(', '（', '[']).next().unwrap_or_default();
    let kept = name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '"' | '\u{feff}'));
    kept.collect::<String>().to_lowercase()
}

/// Without what spreadsheets put around a number to keep it text.
fn plain_cell(cell: &str) -> &str {
    let cell = cell.trim();
    let cell = cell.strip_prefix('=').unwrap_or(cell);
    cell.trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHINESE: &str = "序号,主叫号码,被叫号码,呼叫时间,通话时长（秒）\r\n1,13912348096,4008169580,2026/11/28 14:02:10,65\r\n\
        2,\"=\"\"076912345678\"\"\",4008169580,2026-11-28 14:05,00:01:05\r\n";

    fn starts(sheet: &Sheet) -> Vec<String> {
        sheet.calls.iter().map(|call| call.began.to_string()).collect()
    }

    #[test]
    fn the_same_is_read_in_every_encoding_that_portals_write() {
        let expected = read(CHINESE.as_bytes()).unwrap();
        assert_eq!(starts(&expected), ["2026-11-28T06:02:10Z", "2026-11-28T06:05:00Z"]);
        assert_eq!(expected.calls.iter().map(|call| call.talked_s).collect::<Vec<_>>(), [65, 65]);
        assert_eq!(expected.calls[1].caller, "076912345678");
        let marked = [b"\xef\xbb\xbf", CHINESE.as_bytes()].concat();
        let (gbk, _, lost) = GB18030.encode(CHINESE);
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(CHINESE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert!(!lost);
        for bytes in [&marked, &gbk.into_owned(), &utf16] {
            assert_eq!(read(bytes).as_ref(), Ok(&expected));
        }
    }

    #[test]
    fn tabs_and_semicolons_and_english_headings_do_as_well() {
        let sheet = read(b"Caller\tDialled\tStart time\n13912348096\t4008169580\t2026-11-28T14:02:10+08:00\n").unwrap();
        assert_eq!(starts(&sheet), ["2026-11-28T06:02:10Z"]);
        let sheet = read("来电号码;400号码;开始时间\n13912348096;4008169580;20261128140210\n".as_bytes()).unwrap();
        assert_eq!(starts(&sheet), ["2026-11-28T06:02:10Z"]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_without_its_number_and_the_rest_is_read() {
        let text = "caller,dialled,start,duration\n139****8096,4008169580,2026-11-28 14:02:10,1\n\
            13912348096,4008169580,yesterday,1\n13912348096,4008169580,2026-11-28 14:02:10,soon\n\n13912348096,4008169580,2026-11-28 14:02:10,\n";
        let sheet = read(text.as_bytes()).unwrap();
        assert_eq!(sheet.calls.len(), 1);
        assert_eq!(sheet.unread.len(), 3);
        assert!(sheet.unread[0].starts_with("line 2: the caller is masked"), "{:?}", sheet.unread);
        assert!(!format!("{sheet:?}").contains("8096"));
    }

    #[test]
    fn a_missing_column_is_named() {
        assert!(read("主叫号码,呼叫时间\n".as_bytes()).unwrap_err().contains("no column dialled"));
        assert_eq!(read(b" \n"), Err("the file is empty".to_owned()));
    }
}
