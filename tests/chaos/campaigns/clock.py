from tests.chaos.campaigns.kill import CAMPAIGN as CAMPAIGN
