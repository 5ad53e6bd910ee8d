use super::*;

fn rules() -> AccessRules {
    AccessRules {
        topic_prefix: "redhat/insights".into(),
        service_names: vec!["consumer".into(), "api".into()],
    }
}

#[test]
fn a_device_connects_only_as_its_common_name() {
    assert_eq!(rules().connect(Party::Device, "d1", "d1"), Ok(()));
    assert_eq!(
        rules().connect(Party::Device, "d1", "d2"),
        Err(Refusal::OtherClientId)
    );
    assert_eq!(
        rules().connect(Party::Device, "d1", ""),
        Err(Refusal::BadCommonName)
    );
}

#[test]
fn a_device_cannot_be_named_like_a_service_or_a_topic() {
    for name in ["consumer", "api", "api-host-7"] {
        assert_eq!(
            rules().connect(Party::Device, name, name),
            Err(Refusal::ReservedName),
            "{name}"
        );
    }
    for name in ["", "+", "#", "a/b", "a+", "a\0b", "$SYS"] {
        assert_eq!(
            rules().connect(Party::Device, name, name),
            Err(Refusal::BadCommonName),
            "{name:?}"
        );
    }
    assert_eq!(rules().connect(Party::Device, "apiary", "apiary"), Ok(()));
}

#[test]
fn a_service_connects_as_itself_or_as_an_instance_of_itself() {
    for client_id in ["api", "api-host-7"] {
        assert_eq!(
            rules().connect(Party::Service, "api", client_id),
            Ok(()),
            "{client_id}"
        );
    }
    for client_id in ["consumer", "apiary", "api-", "d1"] {
        assert_eq!(
            rules().connect(Party::Service, "api", client_id),
            Err(Refusal::OtherClientId),
            "{client_id}"
        );
    }
    assert_eq!(
        rules().connect(Party::Service, "d1", "d1"),
        Err(Refusal::UnknownService)
    );
}

#[test]
fn a_device_publishes_only_from_itself_and_subscribes_only_to_itself() {
    let rules = rules();
    for topic in [
        "redhat/insights/d1/control/out",
        "redhat/insights/d1/data/out",
    ] {
        assert!(rules.may_publish(Party::Device, "d1", topic), "{topic}");
        assert!(!rules.may_subscribe(Party::Device, "d1", topic), "{topic}");
        assert!(!rules.may_publish(Party::Device, "d2", topic), "{topic}");
    }
    for topic in [
        "redhat/insights/d1/control/in",
        "redhat/insights/d1/data/in",
    ] {
        assert!(rules.may_subscribe(Party::Device, "d1", topic), "{topic}");
        assert!(!rules.may_publish(Party::Device, "d1", topic), "{topic}");
        assert!(!rules.may_subscribe(Party::Device, "d2", topic), "{topic}");
    }
    for filter in [
        "#",
        "redhat/insights/#",
        "redhat/insights/d1/#",
        "redhat/insights/+/control/in",
        "redhat/insights/d1/+/in",
        "redhat/insights/d1/control/in/",
        "$share/g/redhat/insights/d1/control/in",
        "$SYS/#",
        "",
    ] {
        assert!(
            !rules.may_subscribe(Party::Device, "d1", filter),
            "{filter}"
        );
    }
}

#[test]
fn a_service_hears_all_devices_and_speaks_to_one() {
    let rules = rules();
    assert!(rules.may_subscribe(Party::Service, "consumer", "redhat/insights/+/control/out"));
    assert!(rules.may_subscribe(Party::Service, "consumer", "redhat/insights/d1/data/out"));
    assert!(rules.may_publish(Party::Service, "api-1", "redhat/insights/d1/control/in"));
    assert!(!rules.may_publish(Party::Service, "api-1", "redhat/insights/+/control/in"));
    assert!(!rules.may_publish(Party::Service, "api-1", "redhat/insights/d1/control/out"));
    for filter in [
        "#",
        "redhat/insights/#",
        "redhat/insights/+/+/out",
        "redhat/insights/+/control/in",
    ] {
        assert!(
            !rules.may_subscribe(Party::Service, "consumer", filter),
            "{filter}"
        );
    }
}
