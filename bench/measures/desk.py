async def x():
    return []


growth = reactions = delivery = idle = start = database_per_test = desk = x
