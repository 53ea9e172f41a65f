//! Alibaba Cloud: formats and sources are on the page `alibaba.md`.

use super::super::detector::{Detector, Provider};

const ALIBABA: Provider =
    Provider { page: include_str!("alibaba.md"), advice: "disable the AccessKey pair in the RAM console" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    ALIBABA.token("secrets/alibaba-access-key-id", "Alibaba Cloud AccessKey id", &["LTAI"], r"LTAI[0-9A-Za-z]{12,20}"),
    ALIBABA
        .keyed(
            "secrets/alibaba-access-key-secret",
            "Alibaba Cloud AccessKey secret",
            &["alibaba", "aliyun", "alicloud", "ltai", "oss_"],
            r"[0-9A-Za-z]{30}",
        )
        .entropy(4.0)
        .critical(),
];
