//! The audit logs of AWS, Azure, Google Cloud, Microsoft 365 and Kubernetes.
use super::Event;
use serde_json::Value;

/// Names the fields and kinds of a cloud's record; `false` when it is none.
pub(super) fn read<'a>(record: &'a Value, event: &mut Event<'a>) -> bool {
    aws(record, event)
        || google(event)
        || kubernetes(event)
        || microsoft_365(record, event)
        || azure(record, event)
}

fn aws<'a>(record: &'a Value, event: &mut Event<'a>) -> bool {
    let mut root = record;
    if event.has("detail.eventSource") && event.has("detail.eventName") {
        event.strip("detail.");
        root = record.get("detail").unwrap_or(record);
    } else if event.has("event.provider")
        && event.any(&["aws.cloudtrail.event_version", "aws.cloudtrail.user_identity.type"])
    {
        event.strip("aws.cloudtrail.");
        event.aliases(&[
            ("event.provider", "eventSource"),
            ("event.action", "eventName"),
            ("user_identity.type", "userIdentity.type"),
            ("user_identity.arn", "userIdentity.arn"),
            ("error_code", "errorCode"),
            ("error_message", "errorMessage"),
            ("event_type", "eventType"),
            ("request_parameters", "requestParameters"),
            ("response_elements", "responseElements"),
            ("user_agent.original", "userAgent"),
            ("source.ip", "sourceIPAddress"),
        ]);
    }
    if !event.text("eventSource").is_some_and(|s| s.ends_with(".amazonaws.com"))
        || !event.has("eventName")
    {
        return false;
    }
    event.whole(root, &["requestParameters", "responseElements", "additionalEventData"]);
    event.alias("sourceIPAddress", "src_ip");
    event.kind("aws", "", "cloudtrail");
    true
}

fn google(event: &mut Event<'_>) -> bool {
    if event.strip("data.protoPayload.") {
        event.strip("data.");
    } else if event.strip("protoPayload.") {
        // rules name the record below `data`, as it comes from a topic
        for at in 0..event.fields.len() {
            let (name, value) = &event.fields[at];
            if name.starts_with("protoPayload.") {
                let (name, value) = (format!("data.{name}"), value.clone());
                event.push(name, value);
            }
        }
    } else if !event.has("gcp.audit.method_name") && !event.any(&["gcp.audit.service_name"]) {
        let service = event.text("eventService").or_else(|| event.text("id.applicationName"));
        let workspace = match service {
            Some("admin.googleapis.com" | "admin") => "google_workspace.admin",
            Some("login.googleapis.com" | "login") => "google_workspace.login",
            _ => return false,
        };
        workspace_names(event);
        event.kind("gcp", "", workspace);
        return true;
    }
    event.aliases(&[
        ("methodName", "gcp.audit.method_name"),
        ("serviceName", "gcp.audit.service_name"),
        ("gcp.audit.method_name", "data.protoPayload.methodName"),
        ("gcp.audit.service_name", "data.protoPayload.serviceName"),
        ("serviceName", "protoPayload.Servicename"),
        ("serviceName", "protoPayload.serviceName"),
        ("resource.type", "data.protoPayload.resource.type"),
        ("logName", "data.protoPayload.logName"),
        ("serviceName", "eventService"),
    ]);
    event.kind("gcp", "", "gcp.audit");
    match event.text("gcp.audit.service_name") {
        Some("admin.googleapis.com") => {
            workspace_names(event);
            event.kind("gcp", "", "google_workspace.admin");
        }
        Some("login.googleapis.com") => {
            workspace_names(event);
            event.kind("gcp", "", "google_workspace.login");
        }
        _ => {}
    }
    true
}

fn workspace_names(event: &mut Event<'_>) {
    event.aliases(&[
        ("metadata.event.eventName", "eventName"),
        ("events.name", "eventName"),
        ("eventName", "protoPayload.metadata.event.eventName"),
        ("protoPayload.metadata.event.parameter.value", "new_value"),
    ]);
}

fn kubernetes(event: &mut Event<'_>) -> bool {
    let audit = event.text("apiVersion").is_some_and(|v| v.starts_with("audit.k8s.io"))
        || event.has("verb") && event.any(&["objectRef.resource", "requestURI"]);
    if !audit {
        return false;
    }
    event.aliases(&[
        ("objectRef.apiGroup", "apiGroup"),
        ("requestObject.spec.volumes.hostPath.path", "hostPath"),
        ("requestObject.spec.template.spec.volumes.hostPath.path", "hostPath"),
        ("requestObject.spec.containers.securityContext.capabilities.add", "capabilities"),
        (
            "requestObject.spec.template.spec.containers.securityContext.capabilities.add",
            "capabilities",
        ),
    ]);
    event.kind("kubernetes", "application", "audit");
    true
}

fn microsoft_365<'a>(record: &'a Value, event: &mut Event<'a>) -> bool {
    let beat = event.has("o365.audit.Workload") && event.strip("o365.audit.");
    let unified = event.has("Workload") && event.any(&["Operation", "RecordType"]);
    let alert = matches!(
        event.text("eventSource"),
        Some("SecurityComplianceCenter" | "Exchange" | "MicrosoftCloudAppSecurity")
    );
    if !(beat || unified || alert) {
        return false;
    }
    let whole = ["OperationProperties", "Parameters", "ExtendedProperties", "ModifiedProperties"];
    event.whole(record, &whole);
    if let Some(inner) = record.pointer("/o365/audit") {
        event.whole(inner, &whole);
    }
    event.aliases(&[
        ("Workload", "eventSource"),
        ("Name", "eventName"),
        ("Operation", "eventName"),
        ("ResultStatus", "status"),
        ("Status", "status"),
        ("ExtendedProperties.RequestType", "RequestType"),
    ]);
    // these come as pairs of a name and a value
    if !event.has("RequestType")
        && let Some(Value::Array(list)) = record.get("ExtendedProperties")
    {
        for pair in list {
            if let (Some("RequestType"), Some(Value::String(value))) =
                (pair.get("Name").and_then(Value::as_str), pair.get("Value"))
            {
                event.say("RequestType", value.as_str());
            }
        }
    }
    lowered(event, "status");
    event.kind("m365", "", "audit");
    match event.text("eventSource") {
        Some("Exchange") => event.kind("m365", "", "exchange"),
        Some("SecurityComplianceCenter" | "MicrosoftCloudAppSecurity" | "ThreatIntelligence") => {
            event.kind("m365", "", "threat_management");
            event.kind("m365", "", "threat_detection");
        }
        _ => {}
    }
    true
}

/// `True` and `Succeeded` are what rules call `success`.
fn lowered(event: &mut Event<'_>, field: &'static str) {
    if matches!(event.text(field), Some("True" | "Succeeded" | "Success")) {
        event.say(field, "success");
    }
}

/// Azure's diagnostic records, of its API and of Sentinel's tables, under both spellings.
const AZURE: &[(&str, &str)] = &[
    ("operationName", "OperationName"),
    ("OperationName", "operationName"),
    ("properties.activityDisplayName", "ActivityDisplayName"),
    ("activityDisplayName", "ActivityDisplayName"),
    ("OperationName", "ActivityDisplayName"),
    ("ActivityDisplayName", "properties.message"),
    ("operationName.value", "OperationNameValue"),
    ("operationName", "OperationNameValue"),
    ("category.value", "CategoryValue"),
    ("category", "CategoryValue"),
    ("resourceProviderName.value", "ResourceProviderValue"),
    ("resourceId", "ResourceId"),
    ("properties.category", "Category"),
    ("category", "Category"),
    ("Category", "category"),
    ("properties.result", "Status"),
    ("resultType", "ResultType"),
    ("ResultType", "resultType"),
    ("properties.status.errorCode", "ResultType"),
    ("status.errorCode", "ResultType"),
    ("resultDescription", "ResultDescription"),
    ("properties.status.failureReason", "ResultDescription"),
    ("status.failureReason", "ResultDescription"),
    ("ResultDescription", "Resultdescription"),
    ("properties.loggedByService", "LoggedByService"),
    ("loggedByService", "LoggedByService"),
    ("properties.operationType", "ActivityType"),
    ("properties.targetResources.type", "targetResources.type"),
    ("TargetResources.type", "targetResources.type"),
    (
        "properties.targetResources.modifiedProperties.newValue",
        "TargetResources.modifiedProperties.newValue",
    ),
    (
        "properties.targetResources.modifiedProperties.displayName",
        "TargetResources.ModifiedProperties.DisplayName",
    ),
    (
        "properties.targetResources.modifiedProperties.newValue",
        "TargetResources.ModifiedProperties.NewValue",
    ),
    ("properties.targetResources.displayName", "Target"),
    ("properties.initiatedBy.user.userPrincipalName", "Initiatied.By"),
    ("properties.initiatedBy.user.userPrincipalName", "Initiatedby"),
    ("properties.additionalDetails.value", "additionalDetails.additionalInfo"),
    ("properties.userAgent", "userAgent"),
    ("UserAgent", "userAgent"),
    ("properties.ipAddress", "callerIpAddress"),
    ("IPAddress", "callerIpAddress"),
    ("Location", "location"),
    ("properties.appId", "AppId"),
    ("AppId", "properties.appId"),
    ("properties.clientAppUsed", "ClientApp"),
    ("ClientAppUsed", "ClientApp"),
    ("clientAppUsed", "ClientApp"),
    ("properties.authenticationRequirement", "AuthenticationRequirement"),
    ("AuthenticationRequirement", "properties.authenticationRequirement"),
    ("properties.authenticationProtocol", "properties.message"),
    ("properties.riskState", "RiskState"),
    ("riskState", "RiskState"),
    ("properties.resourceDisplayName", "ResourceDisplayName"),
    ("resourceDisplayName", "ResourceDisplayName"),
    ("properties.conditionalAccessStatus", "conditionalAccessStatus"),
    ("ConditionalAccessStatus", "conditionalAccessStatus"),
    ("properties.deviceDetail.trustType", "DeviceDetail.trusttype"),
    ("deviceDetail.trustType", "DeviceDetail.trusttype"),
    ("DeviceDetail.trustType", "DeviceDetail.trusttype"),
    ("properties.deviceDetail.deviceId", "DeviceDetail.deviceId"),
    ("properties.deviceDetail.isCompliant", "DeviceDetail.isCompliant"),
    ("properties.homeTenantId", "homeTenantId"),
    ("HomeTenantId", "homeTenantId"),
    ("properties.resourceTenantId", "resourceTenantId"),
    ("ResourceTenantId", "resourceTenantId"),
    ("properties.userPrincipalName", "Username"),
    ("UserPrincipalName", "Username"),
    ("properties.networkLocationDetails", "NetworkLocationDetails"),
    ("properties.riskEventType", "riskEventType"),
    ("RiskEventType", "riskEventType"),
];

fn azure<'a>(record: &'a Value, event: &mut Event<'a>) -> bool {
    event.strip("azure.auditlogs.");
    event.strip("azure.signinlogs.");
    event.strip("azure.activitylogs.");
    let said =
        event.any_text(&["category", "Category", "Type", "category.value"]).unwrap_or_default();
    let risk = event.any(&["riskEventType", "properties.riskEventType", "RiskEventType"]);
    let service = match said {
        "SignInLogs"
        | "NonInteractiveUserSignInLogs"
        | "ServicePrincipalSignInLogs"
        | "ManagedIdentitySignInLogs"
        | "SigninLogs"
        | "AADNonInteractiveUserSignInLogs" => "signinlogs",
        "AuditLogs" => "auditlogs",
        "UserRiskEvents" | "RiskyUsers" | "AADUserRiskEvents" => "riskdetection",
        "AzureActivity" => "activitylogs",
        _ if risk => "riskdetection",
        _ if event.any(&["loggedByService", "properties.loggedByService", "LoggedByService"]) => {
            "auditlogs"
        }
        _ if event.any(&["conditionalAccessStatus", "properties.conditionalAccessStatus"]) => {
            "signinlogs"
        }
        _ if event.any(&[
            "resourceId",
            "ResourceId",
            "OperationNameValue",
            "resourceProviderName.value",
        ]) && event.any(&[
            "operationName",
            "OperationName",
            "operationName.value",
            "OperationNameValue",
        ]) =>
        {
            "activitylogs"
        }
        _ => return false,
    };
    event.aliases(AZURE);
    event.whole(
        record,
        &[
            "properties.targetResources",
            "properties.initiatedBy",
            "properties.networkLocationDetails",
        ],
    );
    event.aliases(&[
        ("properties.targetResources", "TargetResources"),
        ("properties.targetResources", "TargetResources.modifiedProperties"),
    ]);
    event.whole(record, &["TargetResources"]);
    event.kind("azure", "", service);
    if risk {
        event.kind("azure", "", "riskdetection");
        event.kind("azure", "", "pim");
    }
    if event.text("LoggedByService") == Some("PIM") {
        event.kind("azure", "", "pim");
    }
    true
}
