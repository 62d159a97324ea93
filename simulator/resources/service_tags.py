"""Azure's service tags, from an older copy of its page on them, and newer ones as they are commonly known.

The list is that of the rules, so it is no second opinion on which tags exist.
"""

_REGIONAL = """
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
_GLOBAL = """
    VirtualNetwork Internet AzureLoadBalancer AzurePlatformDNS AzurePlatformIMDS AzurePlatformLKM
    AzureFrontDoor.Frontend AzureFrontDoor.Backend AzureFrontDoor.FirstParty AzureFrontDoor.MicrosoftSecurity
"""
_TAGS = {tag.lower() for tag in (_REGIONAL + _GLOBAL).split()}
_REGIONAL_TAGS = {tag.lower() for tag in _REGIONAL.split()}
DENIED = ("AzurePlatformDNS", "AzurePlatformIMDS", "AzurePlatformLKM")
"""Tags that only a rule with access Deny takes (NSG-20)."""


def is_tag(text: str) -> bool:
    """Whether Azure reads this as a service tag, of a region or of all; the case of its letters does not count."""
    service, _, region = text.lower().rpartition(".")
    return text.lower() in _TAGS or (service in _REGIONAL_TAGS and region.isalnum())
