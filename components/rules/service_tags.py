"""Azure's service tags, as sources of a security rule.

From an older copy of Azure's page on them, and newer ones as they are commonly known; not compared with Azure's own
file of addresses. A tag that is missing here is written `tag:NAME`, which is warned of and not judged.
"""

import re

from . import did_you_mean

EXPLICIT = "tag:"
"""Before a service tag that this list does not know yet."""
_WITHOUT_REGION = """
    VirtualNetwork Internet AzureLoadBalancer AzurePlatformDNS AzurePlatformIMDS AzurePlatformLKM
    AzureFrontDoor.Frontend AzureFrontDoor.Backend AzureFrontDoor.FirstParty AzureFrontDoor.MicrosoftSecurity
"""
_WITH_REGION = """
    ActionGroup ApiManagement ApplicationInsightsAvailability AppConfiguration AppService AppServiceManagement
    AutonomousDevelopmentPlatform AzureActiveDirectory AzureActiveDirectoryDomainServices AzureAdvancedThreatProtection
    AzureArcInfrastructure AzureAttestation AzureBackup AzureBotService AzureCloud AzureCognitiveSearch AzureConnectors
    AzureContainerRegistry AzureCosmosDB AzureDatabricks AzureDataExplorerManagement AzureDataLake AzureDeviceUpdate
    AzureDevOps AzureDevSpaces AzureDigitalTwins AzureEventGrid AzureHealthcareAPIs AzureInformationProtection
    AzureIoTHub AzureKeyVault AzureLoadTestingInstanceManagement AzureMachineLearning AzureMachineLearningInference
    AzureManagedGrafana AzureMonitor AzureMonitorForSAP AzureOpenDatasets AzureResourceManager AzureSecurityCenter
    AzureSentinel AzureSignalR AzureSiteRecovery AzureSphere AzureSpringCloud AzureStack AzureTrafficManager
    AzureUpdateDelivery AzureVideoAnalyzerForMedia AzureWebPubSub BatchNodeManagement ChaosStudio
    CognitiveServicesFrontend CognitiveServicesManagement DataFactory DataFactoryManagement
    Dynamics365BusinessCentral Dynamics365ForMarketingEmail EOPExternalPublishedIPs EventHub GatewayManager Grafana
    GuestAndHybridManagement HDInsight KustoAnalytics LogicApps LogicAppsManagement M365ManagementActivityApi
    M365ManagementActivityApiWebhook Marketplace MicrosoftAzureFluidRelay MicrosoftCloudAppSecurity
    MicrosoftContainerRegistry MicrosoftDefenderForEndpoint MicrosoftPurviewPolicyDistribution OneDsCollector PowerBI
    PowerPlatformInfra PowerPlatformPlex PowerQueryOnline Scuba SCCservice SecurityCopilot SerialConsole ServiceBus
    ServiceFabric Sql SqlManagement Storage StorageMover StorageSyncService VideoIndexer WindowsAdminCenter
    WindowsVirtualDesktop
"""
WITHOUT_REGION = frozenset(_WITHOUT_REGION.split())
"""Tags that take no region."""
WITH_REGION = frozenset(_WITH_REGION.split())
"""Tags that take a region, `Storage.WestUS`; which regions, only Azure knows."""
KNOWN = WITHOUT_REGION | WITH_REGION
DENY_ONLY = frozenset(("AzurePlatformDNS", "AzurePlatformIMDS", "AzurePlatformLKM"))
"""Tags that Azure takes only in a rule that denies [NSG-20]."""
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*")


def is_explicit(source: str) -> bool:
    """Whether a source is `tag:NAME`."""
    return source.startswith(EXPLICIT) and _TAG.fullmatch(source.removeprefix(EXPLICIT)) is not None


def is_known(source: str) -> bool:
    """Whether a source is a service tag that this list knows, spelled as Azure spells it."""
    service, _, region = source.rpartition(".")
    return source in KNOWN or (service in WITH_REGION and _TAG.fullmatch(f"x{region}") is not None)


def is_tag(source: str) -> bool:
    """Whether a source is a service tag: a known one, or one in the explicit form."""
    return is_known(source) or is_explicit(source)


def plain(source: str) -> str:
    """A source as Azure takes it: a tag without what marks it."""
    return source.removeprefix(EXPLICIT)


def meant(source: str) -> str:
    """The end of a message about a source that is nothing: the tag that it is like, or how to write a new one."""
    service, dot, region = source.partition(".")
    guess = did_you_mean(service, KNOWN)
    if guess and dot and guess.removeprefix("; did you mean ").removesuffix("?") in WITH_REGION:
        guess = f"{guess.removesuffix('?')}.{region}?"
    if guess or not _TAG.fullmatch(source) or source.islower():
        return guess
    return f"; a service tag that is new is written {EXPLICIT}{source}"
