//! Microsoft Azure: formats and sources are on the page `azure.md`.

use super::super::detector::{Detector, Provider};

const AZURE: Provider = Provider {
    page: include_str!("azure.md"),
    advice: "regenerate it in the Azure portal on the page of its resource, both keys in turn",
};

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    AZURE
        .token(
            "secrets/azure-storage-account-key",
            "Azure Storage account key",
            &["AccountKey="],
            r"AccountKey=([0-9A-Za-z+/]{86}==)",
        )
        .critical(),
    AZURE
        .token(
            "secrets/azure-storage-identifiable-key",
            "Azure Storage account key with signature",
            &["+ASt"],
            r"[0-9A-Za-z+/]{76}\+ASt[0-9A-Za-z+/]{6}==",
        )
        .before(76)
        .critical(),
    AZURE
        .token(
            "secrets/azure-cosmos-db-key",
            "Azure Cosmos DB account key",
            &["ACDb"],
            r"[0-9A-Za-z+/]{76}ACDb[0-9A-Za-z+/]{6}==",
        )
        .before(76)
        .critical(),
    AZURE
        .token(
            "secrets/azure-batch-key",
            "Azure Batch account key",
            &["+ABa"],
            r"[0-9A-Za-z+/]{76}\+ABa[0-9A-Za-z+/]{6}==",
        )
        .before(76),
    AZURE
        .token(
            "secrets/azure-service-bus-key",
            "Azure Service Bus shared access key",
            &["+ASb"],
            r"[0-9A-Za-z+/]{33}\+ASb[0-9A-Za-z+/]{6}=",
        )
        .before(33),
    AZURE
        .token(
            "secrets/azure-event-hub-key",
            "Azure Event Hubs shared access key",
            &["+AEh"],
            r"[0-9A-Za-z+/]{33}\+AEh[0-9A-Za-z+/]{6}=",
        )
        .before(33),
    AZURE
        .token(
            "secrets/azure-relay-key",
            "Azure Relay shared access key",
            &["+ARm"],
            r"[0-9A-Za-z+/]{33}\+ARm[0-9A-Za-z+/]{6}=",
        )
        .before(33),
    AZURE
        .token(
            "secrets/azure-iot-key",
            "Azure IoT Hub or Device Provisioning key",
            &["AIoT"],
            r"[0-9A-Za-z+/]{33}AIoT[0-9A-Za-z+/]{6}=",
        )
        .before(33),
    AZURE
        .token(
            "secrets/azure-container-registry-key",
            "Azure Container Registry access key",
            &["+ACR"],
            r"[0-9A-Za-z+/]{42}\+ACR[0-9A-D][0-9A-Za-z+/]{5}",
        )
        .before(42),
    AZURE
        .token(
            "secrets/azure-functions-key",
            "Azure Functions key",
            &["AzFu"],
            r"[0-9A-Za-z_-]{44}AzFu[0-9A-Za-z_-]{5}[AQgw]==",
        )
        .before(44),
    AZURE
        .token(
            "secrets/azure-search-key",
            "Azure AI Search admin or query key",
            &["AzSe"],
            r"[0-9A-Za-z]{42}AzSe[A-D][0-9A-Za-z]{5}",
        )
        .before(42),
    AZURE
        .token(
            "secrets/azure-cache-for-redis-key",
            "Azure Cache for Redis access key",
            &["AzCa"],
            r"[0-9A-Za-z]{33}AzCa[A-P][0-9A-Za-z]{5}=",
        )
        .before(33),
    AZURE.token(
        "secrets/azure-shared-access-key",
        "Azure shared access key in a connection string",
        &["SharedAccessKey="],
        r"SharedAccessKey=([0-9A-Za-z+/]{43}=)",
    ),
    AZURE
        .token(
            "secrets/azure-sas-signature",
            "Azure shared access signature",
            &["sig="],
            r"sig=([0-9A-Za-z%]{43,63}%3[Dd])",
        )
        .near(&["sv=", "se=", "sr=", "srt="])
        .medium(),
    AZURE
        .token(
            "secrets/azure-devops-token",
            "Azure DevOps personal access token",
            &["AZDO"],
            r"[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}",
        )
        .before(76)
        .critical(),
    AZURE.keyed(
        "secrets/azure-devops-legacy-token",
        "Azure DevOps personal access token of the short format",
        &["azure_devops", "azuredevops", "dev.azure.com", "visualstudio.com", "azdo"],
        r"[2-7a-z]{52}",
    ),
    AZURE
        .keyed(
            "secrets/azure-entra-client-secret",
            "Microsoft Entra application secret",
            &["azure", "client", "tenant", "entra", "aad", "arm_"],
            r"[0-9A-Za-z_~.-]{3}[78]Q~[0-9A-Za-z_~.-]{31,34}",
        )
        .critical(),
    AZURE.keyed(
        "secrets/azure-openai-key",
        "Azure AI services key",
        &["cognitiveservices", "azure_openai", "openai.azure.com", "azure_speech", "azure_cognitive", "ocp-apim"],
        r"[0-9a-f]{32}",
    ),
    AZURE
        .keyed(
            "secrets/azure-subscription-key",
            "Azure API Management subscription key",
            &["azure-api.net", "apim", "subscription_key", "subscription-key"],
            r"[0-9a-f]{32}",
        )
        .medium(),
];
