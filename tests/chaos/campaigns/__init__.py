"""The campaigns, by name, in the order of the table."""

from tests.chaos.campaign import Campaign
from tests.chaos.campaigns import broker, clock, kill, leader, members, network, poison, retention, sends, zombie

CAMPAIGNS: dict[str, Campaign] = {
    campaign.name: campaign
    for campaign in (
        kill.CAMPAIGN,
        members.CAMPAIGN,
        zombie.CAMPAIGN,
        broker.CAMPAIGN,
        network.CAMPAIGN,
        sends.CAMPAIGN,
        leader.CAMPAIGN,
        retention.CAMPAIGN,
        clock.CAMPAIGN,
        poison.CAMPAIGN,
    )
}
