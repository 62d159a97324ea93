"""The on-premises side, ready to install: configuration of the VPN appliance and edge router, made from the settings.

`appliance.plan` says what the device has to do, without a word of any vendor. A device family is a folder of templates
with a small module that knows what the family can do; `strongswan_frr` is the first.
"""
