

def read_dmi_data(key: str) -> Optional[str]:  # noqa: F811
    """What the firmware of an EC2 instance says; only the simulator's machines have this."""
    return {
        "system-uuid": "ec251600-0000-4000-8000-000000000000",
        "system-serial-number": "ec251600-0000-4000-8000-000000000000",
        "system-manufacturer": "Amazon EC2",
        "chassis-asset-tag": "Amazon EC2",
    }.get(key)
