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
    let fault = "flows/open.toml:17:21 steps.promise.prompts[1]: there is no prompt zh-CN/day.today.wav, nor 138 more";
    told("flows/open.toml", "prompts = [\"hello\"]\nnotice", "prompts = [\"hello\", \"{opens}\"]\nnotice", &[fault]);
}

#[test]
fn only_what_can_be_sent_as_it_stands_is_taken() {
    let flow = "flows/open.toml:6:12 steps.menu.prompts[0]: there is no prompt zh-CN/hello.wav";
    let rate = told_of(&wav(1, 16_000, &tone(4_000.0)));
    assert!(rate.contains(&"prompts/zh-CN/hello.wav: has 16000 samples a second; make it 8000".to_owned()), "{rate:?}");
    assert!(rate.contains(&flow.to_owned()));
    assert!(told_of(b"ID3 not a wav").contains(&"prompts/zh-CN/hello.wav: is no WAV file".to_owned()));
    let law = told_of(&wav(7, 8_000, &tone(4_000.0)));
    assert!(law.contains(
        &"prompts/zh-CN/hello.wav: is of format 7 with 16 bits; make it A-law, or PCM of 16 bits".to_owned()
    ));
}

#[test]
fn a_torn_file_is_told_and_does_not_panic() {
    let whole = wav(1, 8_000, &tone(4_000.0));
    for length in 0..44 {
        let told = told_of(&whole[..length]);
        assert!(told.iter().any(|fault| fault.starts_with(HELLO)), "{length}: {told:?}");
    }
}

#[test]
fn clipped_quiet_and_loud_prompts_are_warned_of() {
    assert_eq!(told_of(&wav(1, 8_000, &tone(4_000.0))), Vec::<String>::new());
    let only = |peak: f64| told_of(&wav(1, 8_000, &tone(peak)));
    assert_eq!(only(600.0), ["prompts/zh-CN/hello.wav: warning: is too quiet (-38 dBov); aim at -23"]);
    assert_eq!(only(20_000.0), ["prompts/zh-CN/hello.wav: warning: is too loud (-7 dBov); aim at -23"]);
    assert_eq!(
        only(60_000.0),
        ["prompts/zh-CN/hello.wav: warning: is clipped: its peaks are cut off; record it more quietly"]
    );
    assert_eq!(only(0.0), ["prompts/zh-CN/hello.wav: warning: is silent"]);
}

#[test]
fn pcm_becomes_a_law_and_a_law_stays_as_it_is() {
    let (linear, law) = (Folder::new(), Folder::new());
    linear.write_bytes(HELLO, &wav(1, 8_000, &tone(4_000.0)));
    law.write_bytes(HELLO, &wav(6, 8_000, &tone(4_000.0)));
    let sound = |folder: &Folder| folder.load(plain()).prompts.prompts["zh-CN/hello"].clone();
    assert_eq!(sound(&linear), sound(&law));
    assert_eq!(sound(&law).len(), 8_000);
}

#[test]
fn a_supervisors_own_prompt_goes_before_the_shipped_one() {
    let folder = Folder::new();
    folder.write_bytes("data/prompts/zh-CN/hello.wav", &wav(6, 8_000, &tone(3_000.0)));
    let config = folder.load(Overrides { data: Some(folder.0.join("data")), ..plain() });
    let own: Vec<u8> = tone(3_000.0).into_iter().map(crate::alaw::encode).collect();
    assert_eq!(*config.prompts.prompts["zh-CN/hello"], own);
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
