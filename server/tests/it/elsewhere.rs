//! A platform whose tokens are made elsewhere, as the real binary starts it and `doctor` sees it.

use serde_json::json;

use crate::auth::{Issuer, IssuerKey, bearer, claims, until_let_in};
use crate::binary::Binary;

#[tokio::test(flavor = "multi_thread")]
async fn all_in_one_with_the_issuers_keys_alone_starts_and_doctor_looks_at_them() {
    let key = IssuerKey::ec();
    let issuer = Issuer::with(&[key.jwk("theirs")]).await;
    let directory = tempfile::tempdir().unwrap();
    let settings = format!(
        "[auth.jwks]\nurl = \"{}\"\n[auth.psk]\nfile = \"services.jsonl\"\n",
        issuer.url
    );
    std::fs::write(directory.path().join("services.jsonl"), "# none yet\n").unwrap();
    let binary = Binary::start(directory, &settings);
    assert!(
        binary.told.contains("tokens come from elsewhere"),
        "{}",
        binary.told
    );
    let token = bearer(key.token(Some("theirs"), &claims()));
    until_let_in(&binary.base(), &token).await;

    let found = || String::from_utf8(binary.run(&["doctor"]).stdout).unwrap();
    let good = found();
    assert!(good.contains("/keys has theirs"), "{good}");
    assert!(
        good.contains("ok    services' keys   0 in services.jsonl"),
        "{good}"
    );
    issuer.say(&json!({"keys": []}).to_string());
    std::fs::write(binary.file("services.jsonl"), "no key\n").unwrap();
    let bad = found();
    assert!(bad.contains("wrong issuer's keys"), "{bad}");
    assert!(
        bad.contains("wrong services' keys") && bad.contains("line 1"),
        "{bad}"
    );
    binary.stop();
}
