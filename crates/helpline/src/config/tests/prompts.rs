use super::super::Overrides;
use super::{Folder, plain, told, tone, wav};

const HELLO: &str = "prompts/zh-CN/hello.wav";

fn told_of(bytes: &[u8]) -> Vec<String> {
    let folder = Folder::new();
    folder.write_bytes(HELLO, bytes);
    folder.faults(plain())
}

#[test]
fn a_prompt_that_is_missing_in_a_language_is_told_where_it_is_said() {
    told(
        "flows/open.toml",
        "keys.1 = { next",
        "keys.1 = { language = \"yue\", next",
        &[
            "flows/open.toml:6:12 steps.menu.prompts[0]: there is no prompt yue/hello.wav",
            "flows/open.toml:17:12 steps.promise.prompts[0]: there is no prompt yue/hello.wav",
        ],
    );
    told(
        "flows/open.toml",
        "do = \"menu\"\nprompts = [\"hello\"]",
        "do = \"menu\"\nprompts = [{ prompt = \"hello\", language = \"en\" }, \"hello\"]",
        &["flows/open.toml:6:12 steps.menu.prompts[0]: there is no prompt en/hello.wav"],
    );
}

#[test]
fn an_opening_time_needs_all_its_pieces() {
    let fault = "flows/open.toml:17:21 steps.promise.prompts[1]: there is no prompt zh-CN/day.today.wav, nor 136 more";
    told("flows/open.toml", "prompts = [\"hello\"]\nnotice", "prompts = [\"hello\", \"{opens}\"]\nnotice", &[fault]);
}

#[test]
fn a_place_in_line_needs_all_its_recordings() {
    let fault = "helpline.toml:13:12 queue.line.comfort[0]: there is no prompt zh-CN/ahead.0.wav, nor 22 more";
    told("helpline.toml", "comfort = []", "comfort = [\"{ahead}\"]", &[fault]);
}

#[test]
fn what_is_put_into_words_stands_only_where_it_is() {
    let told_of = |file: &str, piece: &str, with: &str| {
        let folder = Folder::new();
        folder.spoil(file, piece, with);
        folder.faults(plain()).remove(0)
    };
    let menu =
        told_of("flows/open.toml", "do = \"menu\"\nprompts = [\"hello\"]", "do = \"menu\"\nprompts = [\"{opens}\"]");
    assert!(menu.starts_with("flows/open.toml:6:12 steps.menu.prompts[0]: "), "{menu}");
    let line = told_of("helpline.toml", "comfort = []", "comfort = [\"{opens}\"]");
    assert!(
        line.starts_with(
            "helpline.toml:13:12 queue.line.comfort[0]: \"{opens}\" is not a prompt's name, or {ahead}, {wait}"
        ),
        "{line}"
    );
}

#[test]
fn only_what_can_be_sent_as_it_stands_is_taken() {
    let flow = "flows/open.toml:6:12 steps.menu.prompts[0]: there is no prompt zh-CN/hello.wav";
    let rate = told_of(&wav(1, 16_000, &tone(3_000.0)));
    assert!(rate.contains(&"prompts/zh-CN/hello.wav: has 16000 samples a second; make it 8000".to_owned()), "{rate:?}");
    assert!(rate.contains(&flow.to_owned()));
    assert!(told_of(b"ID3 not a wav").contains(&"prompts/zh-CN/hello.wav: is no WAV file".to_owned()));
    let law = told_of(&wav(7, 8_000, &tone(3_000.0)));
    assert!(law.contains(
        &"prompts/zh-CN/hello.wav: is of format 7 with 16 bits; make it A-law, or PCM of 16 bits".to_owned()
    ));
}

#[test]
fn a_torn_file_is_told_and_does_not_panic() {
    let whole = wav(1, 8_000, &tone(3_000.0));
    for length in 0..44 {
        let told = told_of(&whole[..length]);
        assert!(told.iter().any(|fault| fault.starts_with(HELLO)), "{length}: {told:?}");
    }
}

#[test]
fn clipped_quiet_loud_and_hasty_prompts_are_warned_of() {
    assert_eq!(told_of(&wav(1, 8_000, &tone(3_000.0))), Vec::<String>::new());
    let only = |sound: &[i16]| told_of(&wav(1, 8_000, sound));
    assert_eq!(only(&tone(600.0)), ["prompts/zh-CN/hello.wav: warning: is too quiet (-38 dBov); aim at -23"]);
    assert_eq!(only(&tone(20_000.0)), ["prompts/zh-CN/hello.wav: warning: is too loud (-7 dBov); aim at -23"]);
    assert_eq!(
        only(&tone(60_000.0)),
        ["prompts/zh-CN/hello.wav: warning: is clipped: its peaks are cut off; record it more quietly"]
    );
    assert_eq!(only(&tone(0.0)), ["prompts/zh-CN/hello.wav: warning: is silent"]);
    let hasty = "begins after 15 ms and may lose its first sound; leave 100 ms of silence before it";
    assert_eq!(only(&tone(3_000.0)[680..]), [format!("prompts/zh-CN/hello.wav: warning: {hasty}")]);
}

#[test]
fn speech_may_be_as_loud_as_it_is_written_and_music_less() {
    let told = |file: &str, db: f64| {
        let folder = Folder::new();
        folder.write_bytes(file, &wav(6, 8_000, &tone(32_768.0 * 10_f64.powf((db + 3.01) / 20.0))));
        folder.faults(plain())
    };
    assert_eq!(told(HELLO, -20.0), Vec::<String>::new());
    assert_eq!(told(HELLO, -26.0), Vec::<String>::new());
    assert_eq!(told("prompts/music/waiting.wav", -24.5), Vec::<String>::new());
    assert_eq!(told("prompts/music/waiting.wav", -45.0), Vec::<String>::new());
    let loud = "prompts/music/waiting.wav: warning: is too loud for music (-23 dBov); aim at -28";
    assert_eq!(told("prompts/music/waiting.wav", -23.0), [loud]);
}

#[test]
fn pieces_of_a_sentence_need_no_silence_before_them() {
    let folder = Folder::new();
    folder.write_bytes("prompts/zh-CN/day.today.wav", &wav(6, 8_000, &tone(3_000.0)[800..]));
    assert_eq!(folder.faults(plain()), Vec::<String>::new());
}

#[test]
fn pcm_becomes_a_law_and_a_law_stays_as_it_is() {
    let (linear, law) = (Folder::new(), Folder::new());
    linear.write_bytes(HELLO, &wav(1, 8_000, &tone(3_000.0)));
    law.write_bytes(HELLO, &wav(6, 8_000, &tone(3_000.0)));
    let sound = |folder: &Folder| folder.load(plain()).prompts.prompts["zh-CN/hello"].clone();
    assert_eq!(sound(&linear), sound(&law));
    assert_eq!(sound(&law).len(), 8_800);
}

#[test]
fn a_supervisors_own_prompt_goes_before_the_shipped_one() {
    let folder = Folder::new();
    folder.write_bytes("data/prompts/zh-CN/hello.wav", &wav(6, 8_000, &tone(3_000.0)));
    let config = folder.load(Overrides { data: Some(folder.0.join("data")), ..plain() });
    let own: Vec<u8> = tone(3_000.0).into_iter().map(crate::alaw::encode).collect();
    assert_eq!(*config.prompts.prompts["zh-CN/hello"], own);
}

fn with_own(file: &str, bytes: &[u8]) -> (Folder, Overrides) {
    let folder = Folder::new();
    folder.write_bytes(&format!("data/prompts/{file}"), bytes);
    let data = Some(folder.0.join("data"));
    (folder, Overrides { data, ..plain() })
}

#[test]
fn a_supervisors_prompt_that_cannot_be_played_is_told_and_the_shipped_one_stays() {
    let (folder, overrides) = with_own("zh-CN/hello.wav", &wav(1, 44_100, &tone(3_000.0)));
    let told = "has 44100 samples a second; make it 8000; the shipped one is played instead";
    assert_eq!(folder.faults(overrides.clone()), [format!("data/prompts/zh-CN/hello.wav: warning: {told}")]);
    let shipped: Vec<u8> = tone(3_000.0).into_iter().map(crate::alaw::encode).collect();
    assert_eq!(*folder.load(overrides).prompts.prompts["zh-CN/hello"], shipped);
}

#[test]
fn a_supervisors_prompt_that_nobody_says_is_told_with_the_name_that_was_meant() {
    let (folder, overrides) = with_own("zh-CN/helo.wav", &wav(6, 8_000, &tone(3_000.0)));
    let told = "is never played: nobody says zh-CN/helo; did you mean \"zh-CN/hello\"?";
    assert_eq!(folder.faults(overrides), [format!("data/prompts/zh-CN/helo.wav: warning: {told}")]);
}

#[test]
fn what_is_to_be_recorded_is_noted_until_a_supervisor_has_recorded_it() {
    let words =
        "[to_be_recorded]\nhello = \"您好\"\nbye = \"再见\"\n[to_be_recorded.time.hour]\n0 = \"零点\"\n1 = \"一点\"\n";
    let folder = Folder::new();
    folder.write("prompts/zh-CN/words.toml", words);
    let note = |what: &str| format!("prompts/zh-CN/words.toml: note: {what}");
    let all = "4 prompts are to be recorded by a person: bye, hello, time.hour.* (2)";
    assert_eq!(folder.faults(plain()), [note(all)]);
    folder.write_bytes("data/prompts/zh-CN/hello.wav", &wav(6, 8_000, &tone(3_000.0)));
    let overrides = Overrides { data: Some(folder.0.join("data")), ..plain() };
    assert_eq!(folder.faults(overrides), [note("3 prompts are to be recorded by a person: bye, time.hour.* (2)")]);
    folder.write("prompts/zh-CN/words.toml", "[to_be_recorded\n");
    assert!(folder.faults(plain())[0].starts_with("prompts/zh-CN/words.toml:1:"));
}

#[test]
fn a_law_is_that_of_g711() {
    use crate::alaw::{decode, encode};
    assert_eq!([0, -1, 32_767, -32_768].map(encode), [0xD5, 0x55, 0xAA, 0x2A]);
    for code in 0..=255 {
        assert_eq!(encode(decode(code)), code, "{code:#x} → {}", decode(code));
    }
    for sample in i16::MIN..=i16::MAX {
        let error = i32::from(decode(encode(sample))) - i32::from(sample);
        assert!(error.abs() <= 8.max(i32::from(sample).abs() / 31), "{sample}: {error}");
    }
}
