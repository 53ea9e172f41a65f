//! Amazon Web Services: formats and sources are on the page `aws.md`.

use super::super::detector::{Detector, Provider};

const AWS: Provider = Provider {
    page: include_str!("aws.md"),
    advice: "deactivate it in the IAM console under Security credentials, then look in CloudTrail for its use",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    AWS.token("secrets/aws-access-key-id", "AWS access key id", &["AKIA"], r"AKIA[2-7A-Z]{16}"),
    AWS.token("secrets/aws-temporary-access-key-id", "AWS temporary access key id", &["ASIA"], r"ASIA[2-7A-Z]{16}")
        .medium(),
    AWS.token(
        "secrets/aws-bearer-token-key-id",
        "AWS service bearer token id",
        &["ABIA", "ACCA"],
        r"A(?:BIA|CCA)[2-7A-Z]{16}",
    ),
    AWS.keyed(
        "secrets/aws-secret-access-key",
        "AWS secret access key",
        &["aws", "akia", "asia", "secret_access", "secretaccess", "secret-access"],
        r"[0-9A-Za-z/+]{40}",
    )
    .entropy(4.2)
    .critical(),
    AWS.token(
        "secrets/aws-session-token",
        "AWS session token",
        &["FwoGZXIvYXdz", "IQoJb3JpZ2lu", "FQoGZXIvYXdz"],
        r"(?:FwoGZXIvYXdz|IQoJb3JpZ2lu|FQoGZXIvYXdz)[0-9A-Za-z/+=]{150,2000}",
    )
    .medium(),
    AWS.token(
        "secrets/aws-bedrock-api-key",
        "Amazon Bedrock long-term API key",
        &["ABSK"],
        r"ABSK[0-9A-Za-z+/]{109,269}={0,2}",
    )
    .critical(),
    AWS.token(
        "secrets/aws-bedrock-short-term-key",
        "Amazon Bedrock short-term API key",
        &["bedrock-api-key-"],
        r"bedrock-api-key-[0-9A-Za-z+/=]{60,4000}",
    ),
    AWS.token(
        "secrets/aws-mws-auth-token",
        "Amazon Marketplace Web Service token",
        &["amzn.mws."],
        r"amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    AWS.token("secrets/aws-appsync-api-key", "AWS AppSync API key", &["da2-"], r"da2-[0-9a-z]{26}").medium(),
    AWS.token(
        "secrets/aws-cognito-identity-secret",
        "Login with Amazon client secret",
        &["amzn1.oa2-cs.v1."],
        r"amzn1\.oa2-cs\.v1\.[0-9a-f]{64}",
    ),
];
