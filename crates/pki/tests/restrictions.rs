//! What CAs above restrict: policies, names, lengths; one case for each rule, without any corpus (issue 4: certificate paths).
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::values::{
    alt_names, directory, dns, email, inhibit_any, mappings, name_constraints, policies, policy, policy_constraints,
};
use common::{FROM, NOW, UNTIL, child, key, name};
use pki::path::{self, PathError, PathReason, PathRequest, PolicyInputs, Profile, Purpose, TrustedPath};
use pki::{
    Certificate, CertificateTemplate, Extension, KeyKind, KeyUsage, Name, NameConstraints, ObjectIdentifier, Signer,
    SoftSigner, asn1, oid,
};
use time::Duration;

/// A root with these extensions, and below it one certificate for each list of extensions, the last the leaf.
struct Chain {
    root: SoftSigner,
    below: Vec<SoftSigner>,
}

impl Chain {
    fn new(root: &[Extension], below: &[&[Extension]]) -> Self {
        Self::named(root, &below.iter().map(|extensions| (None, *extensions)).collect::<Vec<_>>())
    }

    /// With names of one's own; the root's is `Root`.
    fn named(root: &[Extension], below: &[(Option<Name>, &[Extension])]) -> Self {
        let with = |template: CertificateTemplate, list: &[Extension]| {
            list.iter().cloned().fold(template, CertificateTemplate::with_extension)
        };
        let root_key = key(KeyKind::P256);
        let template = with(CertificateTemplate::root_ca(name("Root")), root).serial(&[1]);
        let certificate = template.valid(FROM, UNTIL).self_sign(&root_key).unwrap();
        let root = SoftSigner::new(root_key, certificate, vec![]).unwrap();
        let mut signers: Vec<SoftSigner> = Vec::new();
        for (depth, (subject, extensions)) in below.iter().enumerate() {
            let subject = subject.clone().unwrap_or_else(|| name(&format!("Number {depth}")));
            let template = if depth + 1 == below.len() {
                CertificateTemplate::document_signer(subject)
            } else {
                CertificateTemplate::root_ca(subject)
            };
            let serial = u8::try_from(depth + 2).unwrap();
            let above = signers.last().unwrap_or(&root);
            signers.push(child(above, KeyKind::P256, with(template, extensions).serial(&[serial])));
        }
        Self { root, below: signers }
    }

    fn validate(&self, change: impl Fn(PathRequest<'_>) -> PathRequest<'_>) -> Result<TrustedPath, PathError> {
        let leaf = self.below.last().unwrap();
        let anchors = [self.root.certificate().clone()];
        let request = PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning);
        path::validate(&change(request.with_intermediates(leaf.chain())))
    }

    fn reason(&self) -> Option<PathReason> {
        self.validate(|request| request).err().map(|error| error.reason)
    }

    /// The policies it holds for when one is demanded.
    fn policies(&self, acceptable: &[ObjectIdentifier]) -> Option<Vec<ObjectIdentifier>> {
        let inputs = PolicyInputs { acceptable, explicit: true, ..PolicyInputs::default() };
        let leaf = self.below.last().unwrap();
        let anchors = [self.root.certificate().clone()];
        let request = PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning);
        let result = path::validate(&request.with_intermediates(leaf.chain()).with_policies(inputs));
        match result {
            Ok(trusted) => Some(trusted.policies().to_vec()),
            Err(error) => {
                assert_eq!(error.reason, PathReason::PolicyConstraints, "{error}");
                None
            }
        }
    }
}

#[test]
fn a_policy_must_run_through_the_whole_path() {
    let (a, b, any) = (policy(1), policy(2), oid::ANY_POLICY);
    let through = Chain::new(&[], &[&[policies(&[a, b])], &[policies(&[a])]]);
    assert_eq!(through.policies(&[]), Some(vec![a]));
    assert_eq!(through.policies(&[a, b]), Some(vec![a]));
    assert_eq!(through.policies(&[b]), None);
    assert_eq!(Chain::new(&[], &[&[policies(&[a])], &[policies(&[b])]]).policies(&[]), None);
    assert_eq!(Chain::new(&[], &[&[policies(&[a])], &[]]).policies(&[]), None);
    assert_eq!(Chain::new(&[], &[&[], &[policies(&[a])]]).policies(&[]), None);
    let under_any = Chain::new(&[], &[&[policies(&[any])], &[policies(&[a])]]);
    assert_eq!(under_any.policies(&[a]), Some(vec![a]));
    assert_eq!(under_any.policies(&[b]), None);
    let any_all_along = Chain::new(&[], &[&[policies(&[any])], &[policies(&[any])]]);
    assert_eq!(any_all_along.policies(&[]), Some(vec![any]));
    assert_eq!(any_all_along.policies(&[b]), Some(vec![b]));
    // Nobody demands one: no policy is no failure.
    assert_eq!(Chain::new(&[], &[&[policies(&[a])], &[policies(&[b])]]).reason(), None);
}

/// 2.999 and UUIDs: policies that nobody here can name are none, and are never taken for another.
#[test]
fn policies_beyond_what_is_kept_hold_nothing() {
    let great = |last: u8| asn1::tlv(asn1::tag::OID, &[&[0x88, 0x37, last]]);
    let listing = |policies: &[Vec<u8>]| {
        let list: Vec<u8> = policies.iter().flat_map(|policy| asn1::sequence(&[policy])).collect();
        Extension::new(oid::CERTIFICATE_POLICIES, false, asn1::sequence(&[&list]))
    };
    let mapping = |from: &[u8], to: &[u8]| {
        Extension::new(oid::POLICY_MAPPINGS, true, asn1::sequence(&[&asn1::sequence(&[from, to])]))
    };
    let (a, own) = (policy(1), asn1::oid(&policy(1)));
    let beside = Chain::new(&[], &[&[listing(&[great(1), own.clone()])], &[listing(&[own.clone(), great(1)])]]);
    assert_eq!((beside.reason(), beside.policies(&[])), (None, Some(vec![a])));
    let alone = Chain::new(&[], &[&[listing(&[great(1)])], &[listing(&[great(2)])]]);
    assert_eq!((alone.reason(), alone.policies(&[])), (None, None));
    // Mapped to what cannot be named, a policy is no longer there; mapped from it, it does not appear.
    let away = Chain::new(&[], &[&[policies(&[a]), mapping(&own, &great(1))], &[policies(&[a])]]);
    assert_eq!(away.policies(&[]), None);
    let to_another = Chain::new(&[], &[&[policies(&[a]), mapping(&own, &great(1))], &[listing(&[great(2)])]]);
    assert_eq!(to_another.policies(&[]), None);
    let from = Chain::new(&[], &[&[listing(&[great(1)]), mapping(&great(1), &own)], &[policies(&[a])]]);
    assert_eq!(from.policies(&[]), None);
}

#[test]
fn authorities_can_demand_a_policy() {
    let a = policy(1);
    let demanding = |skip| policy_constraints(Some(skip), None);
    let failed = Some(PathReason::PolicyConstraints);
    assert_eq!(Chain::new(&[], &[&[demanding(0)], &[policies(&[a])]]).reason(), failed);
    assert_eq!(Chain::new(&[], &[&[demanding(0), policies(&[a])], &[policies(&[a])]]).reason(), None);
    assert_eq!(Chain::new(&[], &[&[demanding(0), policies(&[a])], &[]]).reason(), failed);
    // After that many more certificates, those not counted that are issued to oneself.
    let skipping = |skip| Chain::new(&[], &[&[demanding(skip)], &[], &[]]);
    assert_eq!(skipping(1).reason(), failed);
    assert_eq!(skipping(5).reason(), None);
    // What the anchor itself demands counts (RFC 5937).
    assert_eq!(Chain::new(&[demanding(0)], &[&[], &[]]).reason(), failed);
    assert_eq!(Chain::new(&[demanding(0)], &[&[policies(&[a])], &[policies(&[a])]]).reason(), None);
}

#[test]
fn policies_are_mapped_unless_that_is_inhibited() {
    let (a, b, c, any) = (policy(1), policy(2), policy(3), oid::ANY_POLICY);
    let mapped = Chain::new(&[], &[&[policies(&[a]), mappings(&[(a, b)])], &[policies(&[b])]]);
    assert_eq!(mapped.policies(&[]), Some(vec![a]), "named as the anchor's domain names it");
    assert_eq!(mapped.policies(&[b]), None);
    let stays = Chain::new(&[], &[&[policies(&[a]), mappings(&[(a, b)])], &[policies(&[a])]]);
    assert_eq!(stays.policies(&[]), None);
    let several = Chain::new(&[], &[&[policies(&[a]), mappings(&[(a, b), (a, c)])], &[policies(&[c])]]);
    assert_eq!(several.policies(&[a]), Some(vec![a]));
    // anyPolicy may not be mapped, to or from; a policy under anyPolicy may.
    for pair in [(any, b), (a, any)] {
        let chain = Chain::new(&[], &[&[policies(&[a]), mappings(&[pair])], &[policies(&[b])]]);
        assert_eq!(chain.reason(), Some(PathReason::PolicyConstraints));
    }
    let from_any = Chain::new(&[], &[&[policies(&[any]), mappings(&[(a, b)])], &[policies(&[b])]]);
    assert_eq!(from_any.policies(&[a]), Some(vec![a]));

    let inhibited = |skip| {
        let first = [policies(&[a]), policy_constraints(None, Some(skip))];
        Chain::new(&[], &[&first, &[policies(&[a]), mappings(&[(a, b)])], &[policies(&[b])]])
    };
    assert_eq!(inhibited(0).policies(&[]), None);
    assert_eq!(inhibited(1).policies(&[]), Some(vec![a]));
    let inputs = PolicyInputs { explicit: true, inhibit_mapping: true, ..PolicyInputs::default() };
    assert!(mapped.validate(|request| request.with_policies(inputs)).is_err());
}

#[test]
fn any_policy_can_be_inhibited() {
    let (a, any) = (policy(1), oid::ANY_POLICY);
    let chain = |skip| Chain::new(&[], &[&[policies(&[a]), inhibit_any(skip)], &[policies(&[any])], &[policies(&[a])]]);
    assert_eq!(chain(0).policies(&[]), None);
    assert_eq!(chain(1).policies(&[]), Some(vec![a]));
    // A certificate issued to oneself may still use it.
    let again = Some(name("Number 0"));
    let first = [policies(&[a]), inhibit_any(0)];
    let own = Chain::named(&[], &[(None, &first), (again, &[policies(&[any])]), (None, &[policies(&[a])])]);
    assert_eq!(own.policies(&[]), Some(vec![a]));
    let inputs = PolicyInputs { explicit: true, inhibit_any: true, ..PolicyInputs::default() };
    let any_only = Chain::new(&[], &[&[policies(&[any])], &[policies(&[a])]]);
    assert!(any_only.validate(|request| request.with_policies(inputs)).is_err());
}

/// RFC 9618: what made the tree of RFC 5280 explode costs nothing.
#[test]
fn mappings_of_everything_to_everything_stay_cheap() {
    let all: Vec<ObjectIdentifier> = (0..8).map(policy).collect();
    let cross: Vec<_> = all.iter().flat_map(|from| all.iter().map(|to| (*from, *to))).collect();
    let level = [policies(&all), mappings(&cross)];
    let chain = Chain::new(&[], &[&level, &level, &level, &level, &level, &[policies(&all)]]);
    let started = std::time::Instant::now();
    assert_eq!(chain.policies(&[]).unwrap().len(), 8);
    assert!(started.elapsed().as_secs() < 2);
}

fn department(unit: &str) -> Name {
    Name::builder().country("CN").organization("某市").organizational_unit(unit).build()
}

#[test]
fn names_must_lie_where_the_authority_may_issue() {
    let city = Name::builder().country("CN").organization("某市").build();
    let inside = |leaf: Option<Name>, rest: &[Extension]| {
        Chain::named(&[], &[(None, &[name_constraints(&[directory(&city)], &[])]), (leaf, rest)]).reason()
    };
    let refused = Some(PathReason::NameConstraints);
    assert_eq!(inside(Some(department("审批局")), &[]), None);
    assert_eq!(inside(None, &[]), refused);
    let elsewhere = Name::builder().country("CN").organization("某省").organizational_unit("某市").build();
    assert_eq!(inside(Some(elsewhere.clone()), &[]), refused);
    assert_eq!(
        inside(Some(department("审批局")), &[alt_names(&[directory(&elsewhere)])]),
        refused,
        "every name counts"
    );
    assert_eq!(inside(Some(department("审批局")), &[alt_names(&[dns("anything.example")])]), None, "another form");

    let outside = [name_constraints(&[], &[directory(&department("审批局"))])];
    let excluded = |leaf| Chain::named(&[], &[(None, &outside), (Some(leaf), &[])]).reason();
    assert_eq!(excluded(department("审批局")), refused);
    assert_eq!(excluded(department("税务局")), None);
}

#[test]
fn constraints_add_up_on_the_way_down() {
    let allow = |text: &str| name_constraints(&[dns(text)], &[]);
    let leaf = [alt_names(&[dns("a.b.example.com")])];
    let refused = Some(PathReason::NameConstraints);
    assert_eq!(Chain::new(&[], &[&[allow("example.com")], &[allow("b.example.com")], &leaf]).reason(), None);
    assert_eq!(Chain::new(&[], &[&[allow("other.com")], &[allow("example.com")], &leaf]).reason(), refused);
    assert_eq!(Chain::new(&[allow("other.com")], &[&[], &leaf]).reason(), refused, "the anchor's own");
    // What the one who asks lays upon the anchor.
    let mine = NameConstraints { permitted: vec![pki::GeneralName::Dns("other.com".to_owned())], excluded: vec![] };
    let chain = Chain::new(&[], &[&[], &leaf]);
    assert!(chain.validate(|request| request).is_ok());
    let leaf_certificate = chain.below[1].certificate();
    let anchors = [chain.root.certificate().clone()];
    let request = PathRequest::new(leaf_certificate, &anchors, NOW, Purpose::DocumentSigning)
        .with_intermediates(chain.below[1].chain())
        .with_name_constraints(&mine);
    assert_eq!(path::validate(&request).unwrap_err().reason, PathReason::NameConstraints);
    // An authority issued to itself is exempt, the leaf is not.
    let first = name("Number 0");
    let only = [name_constraints(&[directory(&name("Leaf"))], &[])];
    let own = |leaf| Chain::named(&[], &[(Some(first.clone()), &only), (Some(first.clone()), &[]), (Some(leaf), &[])]);
    assert_eq!(own(name("Leaf")).reason(), None);
    assert_eq!(own(first.clone()).reason(), refused);
}

#[test]
fn mail_in_the_subject_is_constrained_too() {
    let subject = |mail: &str| Name::builder().country("CN").attribute(oid::EMAIL_ADDRESS, mail).build();
    let only = [name_constraints(&[email("example.com")], &[])];
    let reason = |mail: &str| Chain::named(&[], &[(None, &only), (Some(subject(mail)), &[])]).reason();
    assert_eq!(reason("a@example.com"), None);
    assert_eq!(reason("a@example.org"), Some(PathReason::NameConstraints));
    assert_eq!(reason("no mailbox"), Some(PathReason::NameConstraints));
}

#[test]
fn broken_restrictions_refuse() {
    let reason = |extension: Extension| Chain::new(&[], &[&[extension], &[alt_names(&[dns("a.example")])]]).reason();
    for wrong in ["*.example", "..example", ".", "exa mple"] {
        assert_eq!(reason(name_constraints(&[dns(wrong)], &[])), Some(PathReason::NameConstraints), "{wrong}");
    }
    let empty = |oid| Extension::new(oid, true, asn1::sequence(&[]));
    for oid in [oid::NAME_CONSTRAINTS, oid::POLICY_CONSTRAINTS, oid::POLICY_MAPPINGS, oid::CERTIFICATE_POLICIES] {
        assert_eq!(reason(empty(oid)), Some(PathReason::MalformedExtension), "{oid}");
    }
    // A minimum other than 0 is never written (RFC 5280 4.2.1.10).
    let distance = asn1::tlv(asn1::tag::context_primitive(0), &[&[1]]);
    let subtree = asn1::explicit(0, &asn1::sequence(&[&dns("example"), &distance]));
    let far = Extension::new(oid::NAME_CONSTRAINTS, true, asn1::sequence(&[&subtree]));
    assert_eq!(reason(far), Some(PathReason::MalformedExtension));
    // What is meant for CAs says nothing in a leaf.
    let leaf = |extension: Extension| Chain::new(&[], &[&[], &[extension]]).reason();
    let constrains = name_constraints(&[dns("example")], &[]);
    assert_eq!(leaf(constrains), Some(PathReason::Profile("4.2.1.10 nameConstraints is for CAs")));
    let any = leaf(mappings(&[(policy(1), oid::ANY_POLICY)]));
    assert_eq!(any, Some(PathReason::Profile("4.2.1.5 anyPolicy is not mapped")));
}

#[test]
fn the_profile_is_asked_for_as_much_as_wanted() {
    let soft = |mut extension: Extension| {
        extension.critical = false;
        extension
    };
    let strict =
        |chain: &Chain| chain.validate(|request| request.with_profile(Profile::Strict)).err().map(|e| e.reason);
    let names = name_constraints(&[dns("example.com")], &[]);
    let chain = Chain::new(&[], &[&[soft(names.clone())], &[]]);
    assert_eq!(chain.reason(), None);
    assert_eq!(strict(&chain), Some(PathReason::Profile("4.2.1.10 nameConstraints is critical")));
    let chain = Chain::new(&[], &[&[soft(policy_constraints(None, Some(0)))], &[]]);
    assert_eq!(
        (chain.reason(), strict(&chain)),
        (None, Some(PathReason::Profile("4.2.1.11 policyConstraints is critical")))
    );
    assert_eq!(strict(&Chain::new(&[], &[std::slice::from_ref(&names), &[]])), None);
    let period = name_constraints(&[dns(".example.com")], &[]);
    let chain = Chain::new(&[], &[&[period], &[alt_names(&[dns("a.example.com")])]]);
    assert_eq!(
        (chain.reason(), strict(&chain)),
        (None, Some(PathReason::Profile("4.2.1.10 dNSName without a period in front")))
    );
    // What is overlooked is the form, not the restriction.
    let chain = Chain::new(&[], &[&[soft(names)], &[alt_names(&[dns("a.org")])]]);
    assert_eq!(chain.reason(), Some(PathReason::NameConstraints));
    // Hints where to ask may be broken; restrictions behind them may not.
    let hint = Extension::new(oid::AUTHORITY_INFO_ACCESS, false, vec![5, 0]);
    let broken = Extension::new(oid::POLICY_MAPPINGS, false, vec![5, 0]);
    let chain = Chain::new(&[], &[&[], std::slice::from_ref(&hint)]);
    assert_eq!((chain.reason(), strict(&chain)), (None, Some(PathReason::MalformedExtension)));
    assert_eq!(Chain::new(&[], &[&[hint, broken], &[]]).reason(), Some(PathReason::MalformedExtension));
}

#[test]
fn lengths_count_what_is_not_self_issued() {
    let chain = |names: [&str; 3]| {
        let [one, two, leaf] = names.map(|text| Some(name(text)));
        Chain::named(&[], &[(one, &[]), (two, &[]), (leaf, &[])])
    };
    let limited = |chain: &Chain, most| chain.validate(|request| request.with_max_length(most)).err().map(|e| e.reason);
    let two = chain(["A", "B", "Leaf"]);
    assert_eq!(limited(&two, 2), None);
    assert_eq!(limited(&two, 1), Some(PathReason::PathLength));
    let rolled = chain(["A", "A", "Leaf"]);
    assert_eq!(limited(&rolled, 1), None);
    assert_eq!(limited(&rolled, 0), Some(PathReason::PathLength));
}

#[test]
fn an_anchor_out_of_its_time_is_trusted_on_request_only() {
    let root_key = key(KeyKind::P256);
    let root = CertificateTemplate::root_ca(name("Old root")).serial(&[1]).valid(FROM, NOW - Duration::DAY);
    let certificate = root.self_sign(&root_key).unwrap();
    let root = SoftSigner::new(root_key, certificate, vec![]).unwrap();
    let leaf = child(&root, KeyKind::P256, CertificateTemplate::document_signer(name("S")).serial(&[2]));
    let anchors = [root.certificate().clone()];
    let request = PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning);
    assert_eq!(path::validate(&request).unwrap_err().reason, PathReason::Expired);
    assert!(path::validate(&request.with_expired_anchors()).is_ok());
}

#[test]
fn purposes_beyond_documents() {
    let server = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
    let leaf = |template: CertificateTemplate| {
        let chain = Chain::new(&[], &[&[], &[]]);
        let leaf = child(&chain.below[0], KeyKind::P256, template.serial(&[9]));
        (chain, leaf)
    };
    let reason = |template, purpose| {
        let (chain, leaf) = leaf(template);
        let anchors = [chain.root.certificate().clone()];
        let request = PathRequest::new(leaf.certificate(), &anchors, NOW, purpose);
        path::validate(&request.with_intermediates(leaf.chain())).err().map(|error| error.reason)
    };
    let signer = || CertificateTemplate::document_signer(name("S"));
    assert_eq!(reason(signer().with_extended_key_usage(&[server]), Purpose::KeyPurpose(server)), None);
    assert_eq!(reason(signer(), Purpose::KeyPurpose(server)), Some(PathReason::ExtendedKeyUsage));
    assert_eq!(reason(signer(), Purpose::CrlSigning), Some(PathReason::KeyUsage));
    assert_eq!(reason(CertificateTemplate::root_ca(name("Sub")), Purpose::CrlSigning), None);
    assert_eq!(reason(CertificateTemplate::root_ca(name("Sub")), Purpose::Any), None);
    assert_eq!(reason(CertificateTemplate::root_ca(name("Sub")), Purpose::KeyPurpose(server)), Some(PathReason::IsCa));
    let both = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_CERT_SIGN);
    // Paths alone do not ask what a leaf may do; every purpose does.
    assert_eq!(reason(signer().with_key_usage(both), Purpose::Any), None);
    assert_eq!(reason(signer().with_key_usage(both), Purpose::DocumentSigning), Some(PathReason::KeyUsage));
}

fn signer_of(key: pki::PrivateKey, certificate: Certificate) -> SoftSigner {
    SoftSigner::new(key, certificate, vec![]).unwrap()
}

/// Two CAs vouch for each other; old and new keys of one CA; an expired certificate beside a good one of the same key.
#[test]
fn of_several_ways_one_is_enough() {
    let root = |text: &str| {
        let key = key(KeyKind::P256);
        let certificate =
            CertificateTemplate::root_ca(name(text)).serial(&[1]).valid(FROM, UNTIL).self_sign(&key).unwrap();
        signer_of(key, certificate)
    };
    let (ours, theirs) = (root("Ours"), root("Theirs"));
    let leaf = child(&theirs, KeyKind::Sm2, CertificateTemplate::document_signer(name("S")).serial(&[9]));
    let cross = |issuer: &SoftSigner, subject: &SoftSigner, until| {
        let template = CertificateTemplate::issuing_ca(subject.certificate().subject().clone(), 1).serial(&[5]);
        template.valid(FROM, until).issue(subject.key().public_key(), issuer).unwrap()
    };
    let between = [
        cross(&theirs, &ours, UNTIL),
        theirs.certificate().clone(),
        cross(&ours, &theirs, NOW - Duration::DAY),
        root("Theirs").certificate().clone(),
        cross(&ours, &theirs, UNTIL),
    ];
    let anchors = [ours.certificate().clone()];
    let ask = |between: &[Certificate]| {
        let request = PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning);
        path::validate(&request.with_intermediates(between)).map_err(|error| error.reason)
    };
    let trusted = ask(&between).unwrap();
    assert_eq!(trusted.certificates().map(|(found, _)| found.clone()).nth(1), Some(between[4].clone()));
    assert_eq!(ask(&between[..4]).unwrap_err(), PathReason::Expired, "the best failure");
    assert_eq!(ask(&between[..2]).unwrap_err(), PathReason::UntrustedRoot);

    // A new key of the same CA, vouched for by the old one.
    let new_key = key(KeyKind::Ed25519);
    let rolled = CertificateTemplate::issuing_ca(name("Ours"), 1).serial(&[6]).valid(FROM, UNTIL);
    let certificate = rolled.issue(new_key.public_key(), &ours).unwrap();
    let rolled = signer_of(new_key, certificate);
    let leaf = child(&rolled, KeyKind::P256, CertificateTemplate::document_signer(name("S")).serial(&[9]));
    let between = [rolled.certificate().clone()];
    let request = PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning);
    assert!(path::validate(&request.with_intermediates(&between)).is_ok());
    assert_eq!(path::validate(&request).unwrap_err().reason, PathReason::BadSignature);
}

/// Every certificate leads to every other, none to an anchor but through one good way at the end of the list.
#[test]
fn a_way_out_of_a_maze_is_found() {
    let authority =
        |index: usize| CertificateTemplate::issuing_ca(name(&format!("Maze {index}")), 9).valid(FROM, UNTIL);
    let signers: Vec<SoftSigner> = (0..6)
        .map(|index| {
            let key = key(KeyKind::P256);
            let certificate = authority(index).serial(&[1]).self_sign(&key).unwrap();
            signer_of(key, certificate)
        })
        .collect();
    let mut between: Vec<Certificate> = Vec::new();
    for (index, issuer) in signers.iter().enumerate() {
        for (subject, other) in signers.iter().enumerate().filter(|(subject, _)| *subject != index) {
            between.push(authority(subject).serial(&[2]).issue(other.key().public_key(), issuer).unwrap());
        }
    }
    let root_key = key(KeyKind::P256);
    let root = CertificateTemplate::root_ca(name("Root")).serial(&[1]).valid(FROM, UNTIL).self_sign(&root_key).unwrap();
    let root = signer_of(root_key, root);
    between.push(authority(5).serial(&[3]).issue(signers[5].key().public_key(), &root).unwrap());
    let leaf = child(&signers[0], KeyKind::P256, CertificateTemplate::document_signer(name("S")).serial(&[9]));
    let anchors = [root.certificate().clone()];
    let request = PathRequest::new(leaf.certificate(), &anchors, NOW, Purpose::DocumentSigning);
    let trusted = path::validate(&request.with_intermediates(&between)).unwrap();
    assert!(trusted.certificates().count() < path::MAX_PATH);
}
