//! Policies shrink to what was called, and never grow.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn record(source: &str, name: &str, extra: Value) -> Value {
    let mut record = json!({
        "eventTime": "2026-10-02T08:00:00Z",
        "eventSource": format!("{source}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "eu-west-1",
        "recipientAccountId": "123456789012",
        "userIdentity": {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::123456789012:role/ci"}}}
    });
    for (key, value) in extra.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn trail(records: Vec<Value>) -> Trail {
    let mut trail = Trail::default();
    trail.add(json!({ "Records": records }).to_string().as_bytes()).unwrap();
    trail
}

fn of(statement: Value, records: Vec<Value>) -> Narrowing {
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
    narrow(&policy, &trail(records)).unwrap()
}

#[test]
fn wildcards_become_what_was_called() {
    let records = vec![
        record("s3", "ListObjectsV2", json!({"requestParameters": {"bucketName": "shop"}, "eventCategory": "Data"})),
        record(
            "s3",
            "HeadObject",
            json!({"requestParameters": {"bucketName": "shop", "key": "a/b"}, "eventCategory": "Data"}),
        ),
        record("s3", "ListBuckets", json!({})),
        record(
            "s3",
            "DeleteObject",
            json!({"requestParameters": {"bucketName": "shop", "key": "a"}, "errorCode": "AccessDenied"}),
        ),
        record(
            "sqs",
            "SendMessage",
            json!({"requestParameters": {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q"}}),
        ),
        record("sts", "GetCallerIdentity", json!({})),
    ];
    let narrowing = of(json!({"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}), records);
    let wanted = json!([
        {"Sid": "A1", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/a/b"},
        {"Sid": "A2", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
        {"Sid": "A3", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::shop"}
    ]);
    assert_eq!(narrowing.policy["Statement"], wanted);
    assert_eq!(narrowing.denied.get("s3:DeleteObject"), Some(&1));
    assert_eq!(narrowing.elsewhere.keys().collect::<Vec<_>>(), ["sqs:SendMessage"]);
    assert!(narrowing.unknown_events.is_empty() && narrowing.dropped.is_empty() && narrowing.unknowable.is_empty());
}

#[test]
fn what_records_cannot_hold_is_kept_or_said() {
    let records = vec![record(
        "sqs",
        "GetQueueAttributes",
        json!({"requestParameters": {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"}}),
    )];
    let statement = json!({
        "Effect": "Allow",
        "Action": ["sqs:GetQueueAttributes", "sqs:SendMessage", "sqs:PurgeQueue", "dynamodb:*"],
        "Resource": "arn:aws:sqs:eu-west-1:123456789012:*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}}
    });
    let narrowing = of(statement, records);
    assert_eq!(narrowing.kept.iter().collect::<Vec<_>>(), ["sqs:SendMessage"]);
    assert_eq!(narrowing.dropped.iter().collect::<Vec<_>>(), ["dynamodb:*", "sqs:PurgeQueue"]);
    assert!(narrowing.unknowable.contains("dynamodb:GetItem"));
    let statements = narrowing.policy["Statement"].as_array().unwrap();
    assert!(statements.iter().all(|one| one["Condition"]["Bool"].is_object()), "{statements:?}");
    assert_eq!(statements[0]["Resource"], "arn:aws:sqs:eu-west-1:123456789012:q");
}

#[test]
fn versions_roles_and_many_names() {
    let mut records = vec![record(
        "lambda",
        "CreateFunction20150331",
        json!({"requestParameters": {"functionName": "f", "role": "arn:aws:iam::123456789012:role/worker"}}),
    )];
    for at in 0..9 {
        let key = format!("in/2026/{at}.json");
        records.push(record("s3", "PutObject", json!({"requestParameters": {"bucketName": "shop", "key": key}})));
    }
    records.push(record("lambda", "Invoke", json!({"resources": [{"ARN": "arn:aws:lambda:eu-west-1:1:function:f"}]})));
    let narrowing = of(json!({"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}), records);
    let text = narrowing.policy.to_string();
    for part in [
        "lambda:CreateFunction",
        "arn:aws:iam::123456789012:role/worker",
        "iam:PassRole",
        "arn:aws:s3:::shop/in/2026/*",
        "lambda:InvokeFunction",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(narrowing.inferred.iter().collect::<Vec<_>>(), ["iam:PassRole"]);
}

#[test]
fn it_never_allows_more_than_before() {
    let records = vec![
        record("s3", "PutObject", json!({"requestParameters": {"bucketName": "other", "key": "x"}})),
        record("ec2", "RunInstances", json!({})),
    ];
    let statement = json!({"Effect": "Allow", "NotAction": "ec2:*", "Resource": "arn:aws:s3:::shop/*"});
    let narrowing = of(statement, records);
    assert_eq!(narrowing.policy["Statement"], json!([]));
    assert_eq!(narrowing.elsewhere.len(), 2);
}

#[test]
fn forms_of_records_and_nonsense() {
    let one = record("sqs", "ListQueues", json!({})).to_string();
    let event = json!({"Events": [{"CloudTrailEvent": one.clone()}]}).to_string();
    for (text, records) in [(one.clone(), 1), (format!("{one}\n\n{one}\n"), 2), (format!("[{one}]"), 1), (event, 1)] {
        let mut trail = Trail::default();
        trail.add(text.as_bytes()).unwrap();
        assert_eq!(trail.seen().records, records, "{text}");
    }
    let half = json!({"Events": [{"CloudTrailEvent": one.clone()}, {"CloudTrailEvent": "{"}]}).to_string();
    for text in [format!("{one}\nx\n"), format!("{{\"Records\": [{one},"), "{".to_owned(), half] {
        assert_eq!(Trail::default().add(text.as_bytes()), Err(NotRecords::Damaged), "{text}");
    }
    assert_eq!(Trail::default().add(b"Where these come from\n"), Err(NotRecords::None));
    assert_eq!(Trail::default().add(b"{\"a\": 1}"), Err(NotRecords::None));
    assert_eq!(Trail::default().add(b"\xff\x00"), Err(NotRecords::None));
    let mut other = Trail::new(Some("role/other".to_owned()));
    other.add(one.as_bytes()).unwrap();
    assert_eq!(other.seen().records, 0);
    assert_eq!(read_policy(b"{}"), Err(NotAPolicy::NoStatement));
    assert_eq!(read_policy(b"{\"Statement\": {\"Principal\": \"*\"}}"), Err(NotAPolicy::Principal));
    assert!(matches!(read_policy(b"x"), Err(NotAPolicy::Json(_))));
}
