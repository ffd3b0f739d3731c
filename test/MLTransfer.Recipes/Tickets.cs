namespace MLTransfer.Recipes;

/// <summary>A few labelled tickets, enough for a sample to learn from.</summary>
internal static class Tickets
{
    public static readonly Ticket[] Training =
    [
        new() { Label = "delivery", Text = "My parcel was supposed to be here on Monday and it still has not come." },
        new() { Label = "delivery", Text = "The courier left the box with a neighbour I do not know." },
        new() { Label = "delivery", Text = "Tracking says shipped for six days now. Where is it?" },
        new() { Label = "delivery", Text = "Can you send it to another address before it leaves the warehouse?" },
        new() { Label = "refund", Text = "I sent the shoes back two weeks ago and have seen no money." },
        new() { Label = "refund", Text = "Please return the amount to my card, I do not want a voucher." },
        new() { Label = "refund", Text = "You charged me twice for one order." },
        new() { Label = "refund", Text = "How long until a cancelled purchase is paid back?" },
        new() { Label = "account", Text = "I cannot sign in, it says my password is wrong." },
        new() { Label = "account", Text = "Please change the e-mail of my login, the old one is gone." },
        new() { Label = "account", Text = "The code you text me never arrives, so I am locked out." },
        new() { Label = "account", Text = "I want my profile and all my data deleted." },
    ];

    public static readonly Ticket[] New =
    [
        new() { Text = "The driver never rang and my parcel is missing." },
        new() { Text = "When will I get my money back?" },
        new() { Text = "Forgot my password and the reset mail does not come." },
    ];
}
